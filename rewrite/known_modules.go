package rewrite

import "strings"

// standardModules are the top-level modules of Python's standard library, of 3.11 (sys.stdlib_module_names) and what 2.7 has besides, but for those that
// find code by its name, or call functions somewhere else or later.
var standardModules = wordSet(`
	BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO __builtin__ __future__ abc aifc anydbm argparse array ast
	audioop base64 binascii bisect builtins bz2 cPickle cStringIO calendar cgi cgitb chunk cmath cmd codecs collections colorsys commands compileall
	configparser contextlib cookielib copy copy_reg copyreg crypt csv curses dataclasses datetime dbm decimal difflib dis distutils email encodings enum
	errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib
	heapq hmac html http httplib imaplib imghdr inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox mailcap marshal math md5
	mimetools mimetypes mmap modulefinder msilib msvcrt mutex netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev
	pathlib pickle pickletools pipes platform plistlib poplib posix posixpath pprint pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue
	quopri random re readline reprlib resource rfc822 rlcompleter secrets select selectors sets sha shelve shlex shutil smtpd smtplib sndhdr socket
	socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig
	syslog tabnanny tarfile telnetlib tempfile termios textwrap time tkinter token tokenize tomllib traceback tracemalloc tty turtle types typing
	unicodedata urllib urllib2 urlparse uu uuid warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zlib zoneinfo`)

// knownModules build no graphs either, or are TensorFlow itself.
var knownModules = wordSet(`
	PIL absl google attr attrs bs4 certifi click colorama cv2 dateutil dill docopt flask future ftfy gensim h5py imageio jieba jinja2 joblib
	librosa lxml matplotlib mock msgpack nltk numpy pandas past pkg_resources prettytable progressbar psutil pycocotools pytest regex requests scipy seaborn
	setuptools simplejson six skimage sklearn soundfile spacy sympy tabulate tensorflow termcolor toml tqdm ujson yaml`)

// buildsNone tells whether an import is of a module that builds no graphs, or is TensorFlow itself, or the module of helpers. A module of the
// project's own may have the name of a well-known one, and then it is what is imported.
func (p *program) buildsNone(path string) bool {
	if p.opt.Helpers.Name != "" && strings.HasPrefix(path, p.opt.Helpers.Name+".") {
		return true
	}
	root := rootModule(path)
	return (knownModules[root] || standardModules[root]) && !p.f.InProject(path)
}

// wordSet is the set of the words of a text.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
