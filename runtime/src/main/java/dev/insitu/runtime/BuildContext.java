package dev.insitu.runtime;

import dev.insitu.elastic.Manifest;

/** What the parts of one model's builder share. Used by the builder's thread only. */
record BuildContext(
    Manifest manifest,
    Parts parts,
    PackageIndex index,
    RuntimeOptions options,
    Events events,
    CurrentSessions sessions,
    WorkDirectory work,
    TensorStore store,
    Progress progress,
    Graphs graphs) {}
