/**
 * Models that a server keeps open for inference: a pool of them within a limit of memory, requests
 * of several clients computed together.
 */
@NullMarked
package dev.insitu.server.inference;

import org.jspecify.annotations.NullMarked;
