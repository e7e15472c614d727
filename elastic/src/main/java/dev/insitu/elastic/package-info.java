/** The package format: manifests, chunks and the planes they carry. */
@NullMarked
package dev.insitu.elastic;

import org.jspecify.annotations.NullMarked;
