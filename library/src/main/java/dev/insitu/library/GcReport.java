package dev.insitu.library;

/**
 * What a collection removed, or would remove.
 *
 * @param dryRun whether nothing was touched
 * @param versions whose chunks were kept
 * @param openPlans whose chunks were kept
 * @param chunksRemoved chunks that neither refers to
 * @param bytesRemoved their bytes
 * @param chunksKept chunks that stay
 * @param bytesKept their bytes
 */
public record GcReport(
    boolean dryRun,
    int versions,
    int openPlans,
    long chunksRemoved,
    long bytesRemoved,
    long chunksKept,
    long bytesKept) {}
