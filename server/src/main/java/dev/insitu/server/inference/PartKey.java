package dev.insitu.server.inference;

import dev.insitu.elastic.Digest;

/**
 * Names a part of a package.
 *
 * @param manifest of the package
 * @param from the first segment
 * @param to the segment after the last
 */
public record PartKey(Digest manifest, int from, int to) {}
