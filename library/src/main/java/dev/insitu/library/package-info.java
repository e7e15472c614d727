/** Keeps the catalogue of packages and their chunks. */
@NullMarked
package dev.insitu.library;

import org.jspecify.annotations.NullMarked;
