package dev.insitu.server;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.Planner;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Packages ready for decisions: their candidates, worked out once. The least recently used go when
 * they take too much memory together. Safe for use by several threads.
 */
final class Candidates {

  /** Of what is read of a manifest, for each chunk and tensor: objects, digests, the lattice. */
  private static final long BYTES_OF_CHUNK = 300;

  private static final long BYTES_OF_TENSOR = 1000;

  private final Planning planning;
  private final Map<Digest, Ready> ready = new LinkedHashMap<>(16, 0.75f, true); // guarded by this
  private long bytes; // of them together; guarded by this
  private final Object working = new Object(); // one package at a time is worked out

  /** With a limit of memory; the package used last stays in any case. */
  Candidates(Planning planning) {
    this.planning = planning;
  }

  /**
   * A package with its candidates.
   *
   * @param sizes what its manifest costs
   * @param signatures as answers carry them
   * @param bytes of memory, about
   */
  record Ready(
      StoredPackage stored,
      PlanMaker.ManifestSizes sizes,
      CandidateGrid grid,
      Planner planner,
      String signatures,
      long bytes) {}

  /** What was worked out before. */
  synchronized Optional<Ready> known(Digest manifest) {
    return Optional.ofNullable(ready.get(manifest));
  }

  /** Works out what is not known yet; takes milliseconds. */
  Ready of(StoredPackage stored, Library library) {
    Optional<Ready> before = known(stored.digest());
    if (before.isPresent()) {
      return before.get();
    }
    synchronized (working) {
      Optional<Ready> meanwhile = known(stored.digest());
      if (meanwhile.isPresent()) {
        return meanwhile.get();
      }
      Ready made = make(stored, library);
      keep(made);
      return made;
    }
  }

  private Ready make(StoredPackage stored, Library library) {
    CandidateGrid grid = CandidateGrid.of(stored.manifest(), stored.measured());
    return new Ready(
        stored,
        library.sizes(stored),
        grid,
        new Planner(grid, planning.calibration(), planning.server()),
        PlanEndpoints.signatures(stored.signatures()),
        grid.bytes()
            + 2L * stored.manifestBytes().remaining()
            + 2L * stored.profile().remaining()
            + BYTES_OF_CHUNK * stored.manifest().chunks().size()
            + BYTES_OF_TENSOR * stored.manifest().tensors().size());
  }

  private synchronized void keep(Ready made) {
    ready.put(made.stored().digest(), made);
    bytes += made.bytes();
    Iterator<Ready> eldest = ready.values().iterator();
    while (bytes > planning.mostBytes() && ready.size() > 1) {
      bytes -= eldest.next().bytes();
      eldest.remove();
    }
  }

  /** Of memory that they take together. */
  synchronized long bytes() {
    return bytes;
  }
}
