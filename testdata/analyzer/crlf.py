import tensorflow as tf
if tf.a:
	tf.b()  # tab
tf.c("""x
y""")
# last