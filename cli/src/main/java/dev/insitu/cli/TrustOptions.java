package dev.insitu.cli;

import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Whose packages are believed. */
final class TrustOptions {

  @Option(
      names = "--key",
      paramLabel = "HEX",
      description = "Trust packages signed by this Ed25519 public key too; may be repeated.")
  private List<String> keys = new ArrayList<>();

  @Option(names = "--allow-unsigned", description = "Use packages that no trusted key has signed.")
  private boolean allowUnsigned;

  Trust trust() throws IOException {
    return Keys.ofUser().trust(keys, allowUnsigned);
  }
}
