package dev.insitu.planner;

/** A point of the grid. */
record Candidate(Family family, int prefix) {}
