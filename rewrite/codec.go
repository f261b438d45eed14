package rewrite

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// codec is an encoding in which sources are read and written. ASCII's bytes are ASCII's characters in it, or the later bytes of others, and no character's bytes depend on
// what is before it: what is not edited keeps its bytes.
type codec struct {
	names    string // as CPython knows it, the codec's own first (encodings.aliases)
	encoding encoding.Encoding
	doubt    string // characters at whose bytes CPython reads others
}

// codecs are the encodings of which a test shows that CPython reads every character the same. koi8-u, big5 and cp950 are not among them: the tables that browsers use, which these are,
// differ from CPython's at characters that texts have.
var codecs = []codec{
	{"iso8859_1 latin_1 latin latin1 l1 8859 cp819 csisolatin1 ibm819 iso8859 iso_8859_1 iso_8859_1_1987 iso_ir_100 iso_latin_1", charmap.ISO8859_1, ""},
	{"iso8859_2 latin2 l2 csisolatin2 iso_8859_2 iso_8859_2_1987 iso_ir_101", charmap.ISO8859_2, ""},
	{"iso8859_3 latin3 l3 csisolatin3 iso_8859_3 iso_8859_3_1988 iso_ir_109", charmap.ISO8859_3, ""},
	{"iso8859_4 latin4 l4 csisolatin4 iso_8859_4 iso_8859_4_1988 iso_ir_110", charmap.ISO8859_4, ""},
	{"iso8859_5 cyrillic csisolatincyrillic iso_8859_5 iso_8859_5_1988 iso_ir_144", charmap.ISO8859_5, ""},
	{"iso8859_6 arabic asmo_708 csisolatinarabic ecma_114 iso_8859_6 iso_8859_6_1987 iso_ir_127", charmap.ISO8859_6, ""},
	{"iso8859_7 greek greek8 csisolatingreek ecma_118 elot_928 iso_8859_7 iso_8859_7_1987 iso_ir_126", charmap.ISO8859_7, ""},
	{"iso8859_8 hebrew csisolatinhebrew iso_8859_8 iso_8859_8_1988 iso_ir_138", charmap.ISO8859_8, ""},
	{"iso8859_9 latin5 l5 csisolatin5 iso_8859_9 iso_8859_9_1989 iso_ir_148", charmap.ISO8859_9, ""},
	{"iso8859_10 latin6 l6 csisolatin6 iso_8859_10 iso_8859_10_1992 iso_ir_157", charmap.ISO8859_10, ""},
	{"iso8859_13 latin7 l7 iso_8859_13", charmap.ISO8859_13, ""},
	{"iso8859_14 latin8 l8 iso_8859_14 iso_8859_14_1998 iso_celtic iso_ir_199", charmap.ISO8859_14, ""},
	{"iso8859_15 latin9 l9 iso_8859_15", charmap.ISO8859_15, ""},
	{"iso8859_16 latin10 l10 iso_8859_16 iso_8859_16_2001 iso_ir_226", charmap.ISO8859_16, ""},
	{"cp437 437 cspc8codepage437 ibm437", charmap.CodePage437, ""},
	{"cp850 850 cspc850multilingual ibm850", charmap.CodePage850, ""},
	{"cp852 852 cspcp852 ibm852", charmap.CodePage852, ""},
	{"cp855 855 csibm855 ibm855", charmap.CodePage855, ""},
	{"cp858 858 csibm858 ibm858", charmap.CodePage858, ""},
	{"cp860 860 csibm860 ibm860", charmap.CodePage860, ""},
	{"cp862 862 cspc862latinhebrew ibm862", charmap.CodePage862, ""},
	{"cp863 863 csibm863 ibm863", charmap.CodePage863, ""},
	{"cp865 865 csibm865 ibm865", charmap.CodePage865, ""},
	{"cp866 866 csibm866 ibm866", charmap.CodePage866, ""},
	{"koi8_r cskoi8r", charmap.KOI8R, ""},
	{"mac_roman macintosh macroman", charmap.Macintosh, ""},
	{"mac_cyrillic maccyrillic", charmap.MacintoshCyrillic, ""},
	{"cp874", charmap.Windows874, ""},
	{"cp1250 1250 windows_1250", charmap.Windows1250, ""},
	{"cp1251 1251 windows_1251", charmap.Windows1251, ""},
	{"cp1252 1252 windows_1252", charmap.Windows1252, ""},
	{"cp1253 1253 windows_1253", charmap.Windows1253, ""},
	{"cp1254 1254 windows_1254", charmap.Windows1254, ""},
	{"cp1255 1255 windows_1255", charmap.Windows1255, ""},
	{"cp1256 1256 windows_1256", charmap.Windows1256, ""},
	{"cp1257 1257 windows_1257", charmap.Windows1257, ""},
	{"cp1258 1258 windows_1258", charmap.Windows1258, ""},
	{"shift_jis csshiftjis s_jis shiftjis sjis", japanese.ShiftJIS, "～∥－￠￡￢"},
	{"cp932 932 ms932 ms_kanji mskanji", japanese.ShiftJIS, ""},
	{"euc_jp eucjp u_jis ujis", japanese.EUCJP, "～∥－￠￡￢"},
	{"euc_kr euckr korean ks_c_5601 ks_c_5601_1987 ks_x_1001 ksc5601 ksx1001", korean.EUCKR, ""},
	{"cp949 949 ms949 uhc", korean.EUCKR, ""},
	{"gb2312 chinese csiso58gb231280 euc_cn euccn eucgb2312_cn gb2312_1980 gb2312_80 iso_ir_58", simplifiedchinese.GBK, "·—"},
	{"gbk 936 cp936 ms936", simplifiedchinese.GBK, ""},
	{"gb18030 gb18030_2000", simplifiedchinese.GB18030, ""},
}

// notInNames are the characters that CPython takes for an underscore in an encoding's name (encodings.normalize_encoding).
var notInNames = regexp.MustCompile(`[^a-z0-9.]+`)

// codecOf is the codec of a declared name, or nil. As CPython does, it takes what an editor has put behind latin-1 for a part of its name (latin-1-unix).
func codecOf(declared string) *codec {
	name := notInNames.ReplaceAllString(strings.ToLower(declared), "_")
	for _, latin1 := range []string{"latin_1", "iso_8859_1", "iso_latin_1"} {
		if strings.HasPrefix(name, latin1+"_") {
			name = latin1
		}
	}
	for i := range codecs {
		if slices.Contains(strings.Fields(codecs[i].names), name) {
			return &codecs[i]
		}
	}
	return nil
}

// decode gives a source in UTF-8. The error says why it can't be read, or could not be written again byte for byte.
func (c *codec) decode(src []byte) ([]byte, error) {
	text, err := c.encoding.NewDecoder().Bytes(src)
	if err != nil {
		return nil, err
	}
	if back, err := c.encoding.NewEncoder().Bytes(text); err != nil || !bytes.Equal(back, src) {
		return nil, fmt.Errorf("not all of its bytes are")
	}
	if i := bytes.IndexAny(text, c.doubt); i >= 0 {
		r, _ := utf8.DecodeRune(text[i:])
		return nil, fmt.Errorf("it is not sure which character %q in line %d is", r, 1+bytes.Count(text[:i], []byte("\n")))
	}
	return text, nil
}

// encode gives a source in UTF-8 back as it is to be written.
func (c *codec) encode(text []byte) ([]byte, error) {
	out, err := c.encoding.NewEncoder().Bytes(text)
	if err != nil {
		return nil, fmt.Errorf("the rewritten file has characters that its encoding does not have; nothing was changed")
	}
	if back, err := c.encoding.NewDecoder().Bytes(out); err != nil || !bytes.Equal(back, text) {
		return nil, fmt.Errorf("the rewritten file does not come back the same from its encoding; nothing was changed")
	}
	return out, nil
}
