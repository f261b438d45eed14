"""What the attributes of self hold."""
import tensorflow as tf


class Exporter(object):
    tag = "serve"
    fallback = None

    def __init__(self, path):
        self.path = path
        self.builder = tf.saved_model.Builder(path)
        self.sess, self.graph = tf.Session(), tf.Graph()
        self.tag2 = "a"
        with tf.Session() as self.entered:
            pass
        for self.each in [tf.one, tf.two]:
            self.each()

    def later(self):
        self.saver = tf.train.Saver()
        self.fallback = tf.fallback

    def export(self):
        self.builder.save()
        self.saver.save(self.sess)
        self.entered.run()
        self.path.join()
        self.fallback()
        self.nothing()
        self.shared.save()
        self.helper()
        self.prop.save()
        Exporter.tag.upper()
        print(self.tag, self.tag2)

    def helper(self):
        self.count += 1
        self.count.x()

    @property
    def prop(self):
        return tf.prop

    @staticmethod
    def static(thing):
        thing.builder.save()

    @classmethod
    def make(cls):
        cls.shared = tf.shared()
        cls.tag.upper()
        return cls("p")


class Child(Exporter):
    def override(self):
        self.builder = tf.other.Builder("q")
        self.own = tf.own()
        self.own.save()


class Own:
    def save(self):
        self.builder = tf.unrelated()
        self.builder.save()


exporter = Exporter("r")
exporter.sess.run()
exporter.tag2 = "b"
Own().builder.save()
node = Own()
while node:
    node = node.next()
    node.value.save()
a = a.b
