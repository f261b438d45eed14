package verify

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// decodesImages tells whether some ops take text that is an image.
func decodesImages(ops map[string]string) bool {
	for _, kind := range []string{"DecodeImage", "DecodePng", "DecodeJpeg", "DecodeAndCropJpeg", "DecodeGif", "DecodeBmp"} {
		if ops[kind] != "" {
			return true
		}
	}
	return false
}

// images are small ones in the formats that the decoders of TensorFlow take, of unequal sides, in colours and grey, with and without an alpha channel.
// None is a BMP.
func images() []string {
	const wide, high = 7, 5
	bounds := image.Rect(0, 0, wide, high)
	colours, grey, clear := image.NewRGBA(bounds), image.NewGray(bounds), image.NewNRGBA(bounds)
	for y := range high {
		for x := range wide {
			c := color.NRGBA{uint8(36 * x), uint8(60 * y), uint8(255 - 30*x - 5*y), 255}
			colours.Set(x, y, c)
			grey.Set(x, y, c)
			c.A = uint8(250 - 40*y)
			clear.Set(x, y, c)
		}
	}
	var all []string
	for _, i := range []image.Image{colours, grey, clear} {
		var b bytes.Buffer
		if png.Encode(&b, i) == nil {
			all = append(all, b.String())
		}
	}
	for _, i := range []image.Image{colours, grey} {
		var b bytes.Buffer
		if jpeg.Encode(&b, i, nil) == nil {
			all = append(all, b.String())
		}
	}
	var b bytes.Buffer
	if gif.Encode(&b, colours, nil) == nil {
		all = append(all, b.String())
	}
	return all
}
