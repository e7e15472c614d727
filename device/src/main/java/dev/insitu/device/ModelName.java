package dev.insitu.device;

import dev.insitu.elastic.Names;
import java.util.Optional;

/**
 * What users call a model: {@code name} for its newest version, {@code name:version} for one that
 * stays.
 *
 * @param model the model
 * @param version the version; empty for the newest
 */
record ModelName(String model, Optional<String> version) {

  ModelName {
    Names.requireModelName(model);
    version.ifPresent(Names::requireVersion);
  }

  static ModelName parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new ModelName(text, Optional.empty())
        : new ModelName(text.substring(0, colon), Optional.of(text.substring(colon + 1)));
  }

  /** As the query of a request. */
  String query() {
    return version.map(wanted -> "?version=" + wanted).orElse("");
  }

  @Override
  public String toString() {
    return model + version.map(wanted -> ":" + wanted).orElse("");
  }
}
