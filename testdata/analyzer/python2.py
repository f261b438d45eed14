# Python 2
import tensorflow as tf
import cPickle, urllib2

print "exporting", tf.version
print >>log, tf.a()
print
exec "code" in tf.namespace
try:
    tf.b()
except (IOError, OSError), e:
    print e
    raise ValueError, "text", tf.c()
except ValueError, (code, text):
    print code


def pair(self, (x, y), z=010, (a, b)=tf.d()):
    print `x`, y, a, z
    return x <> y


path = ur"x" + u"y"
big = 10L
tf.save("%s" % big, path)
if tf.has_key(e): print "one line"; tf.e()
