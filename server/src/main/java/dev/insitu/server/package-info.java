/** Serves plans, content, inference and metrics over HTTP. */
@NullMarked
package dev.insitu.server;

import org.jspecify.annotations.NullMarked;
