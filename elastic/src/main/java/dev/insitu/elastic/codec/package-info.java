/** The codec: blocks of weights to chunks of bit planes and back (format, sections 3, 4 and 7). */
@NullMarked
package dev.insitu.elastic.codec;

import org.jspecify.annotations.NullMarked;
