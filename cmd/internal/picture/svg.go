package main

import (
	"fmt"
	"html"
	"strings"
)

// The sizes, in pixels. Of whatever font there is, a character is made cell wide.
const (
	cell     = 8.0
	height   = 17.0
	fontSize = 13.2
	margin   = 16.0
	bar      = 30.0 // of the window
)

// classes are the styles that tfmigrate prints with.
var classes = map[string]string{"1": "b", "2": "f", "1;31": "b r", "31": "r", "32": "g", "33": "y", "34": "u", "36": "c"}

// The window is dark, whatever is around it, so that the picture is as readable on a light page as on a dark one.
const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" role="img" aria-label="tfmigrate in a terminal">
<!-- make picture draws this -->
<style>
  text { font: %[3]gpx ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: #e6edf3; white-space: pre }
  .b { font-weight: bold } .f { fill: #9198a1 } .r { fill: #ff7b72 } .g { fill: #3fb950 } .y { fill: #d29922 } .u { fill: #79c0ff } .c { fill: #56d4dd }
</style>
<rect x="0.5" y="0.5" width="%[4]g" height="%[5]g" rx="8" fill="#0d1117" stroke="#3d444d"/>
<circle cx="20" cy="17" r="5.5" fill="#ff5f57"/><circle cx="38" cy="17" r="5.5" fill="#febc2e"/><circle cx="56" cy="17" r="5.5" fill="#28c840"/>
`

// draw is a picture of a terminal with these lines. Each is one text of the picture.
func draw(lines []line, columns int) []byte {
	var b strings.Builder
	w, h := 2*margin+cell*float64(columns), bar+margin+height*float64(len(lines))
	fmt.Fprintf(&b, head, w, h, fontSize, w-1, h-1)
	for i, l := range lines {
		if strings.TrimSpace(l.text()) == "" {
			continue
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" textLength="%g" xml:space="preserve">`, margin, bar+height*float64(i+1)-5, cell*float64(len([]rune(l.text()))))
		for _, s := range l {
			if text := html.EscapeString(s.text); s.style == "" {
				b.WriteString(text)
			} else {
				fmt.Fprintf(&b, `<tspan class="%s">%s</tspan>`, classes[s.style], text)
			}
		}
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
