package dev.insitu.library;

import dev.insitu.elastic.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A catalogue whose versions are known without the disk: one process has it open. */
final class KnownVersions implements Catalogue {

  private final Catalogue stored;
  private final Map<String, List<Version>> byName = new ConcurrentHashMap<>();
  private final Map<Digest, Version> byManifest = new ConcurrentHashMap<>();

  KnownVersions(Catalogue stored) {
    this.stored = stored;
    stored.versions().forEach(this::add);
  }

  private void add(Version version) {
    byManifest.put(version.manifest(), version);
    byName.merge(version.name(), List.of(version), KnownVersions::join);
  }

  private static List<Version> join(List<Version> some, List<Version> more) {
    List<Version> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  @Override
  public void begin(String batch) {
    stored.begin(batch);
  }

  @Override
  public void end(String batch) {
    stored.end(batch);
  }

  @Override
  public List<String> openBatches() {
    return stored.openBatches();
  }

  @Override
  public synchronized void publish(Version version, Parts parts, Optional<String> batch) {
    stored.publish(version, parts, batch);
    add(version);
  }

  @Override
  public synchronized boolean remove(String name, String version) {
    boolean removed = stored.remove(name, version);
    byName.computeIfPresent(
        name,
        (same, versions) -> {
          List<Version> left =
              versions.stream().filter(some -> !some.version().equals(version)).toList();
          return left.isEmpty() ? null : left;
        });
    byManifest
        .values()
        .removeIf(some -> some.name().equals(name) && some.version().equals(version));
    return removed;
  }

  @Override
  public List<Version> versions() {
    return stored.versions();
  }

  @Override
  public List<Version> versions(String name) {
    return byName.getOrDefault(name, List.of());
  }

  @Override
  public Optional<Version> byManifest(Digest manifest) {
    return Optional.ofNullable(byManifest.get(manifest));
  }

  @Override
  public Optional<Parts> parts(Digest manifest) {
    return stored.parts(manifest);
  }

  @Override
  public void close() {
    stored.close();
  }
}
