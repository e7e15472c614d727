package dev.insitu.cli;

import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The user's signing key and the keys the user trusts, in {@code $INSITU_HOME} or {@code
 * ~/.insitu}: {@code key.pem} (PKCS 8), {@code key.pub} (64 hexadecimal digits) and {@code
 * trusted-keys} (one key a line).
 */
final class Keys {

  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private final Path directory;

  Keys(Path directory) {
    this.directory = directory;
  }

  /** The keys in the user's directory. */
  static Keys ofUser() {
    return new Keys(home());
  }

  /** The directory of everything the command keeps for a user. */
  static Path home() {
    String set = System.getProperty("insitu.home", System.getenv("INSITU_HOME"));
    return set != null && !set.isBlank()
        ? Path.of(set)
        : Path.of(System.getProperty("user.home"), ".insitu");
  }

  /** A signing key. */
  record Signer(PrivateKey privateKey, Signatures.Key publicKey) {

    Signatures.Signed sign(dev.insitu.elastic.Digest manifest) {
      return Signatures.sign(manifest, privateKey, publicKey);
    }
  }

  /** The user's signing key, made on first use. */
  Signer signer() throws IOException {
    Path file = directory.resolve("key.pem");
    if (!Files.exists(file)) {
      create(file);
    }
    return read(file, Path.of(file.toString().replaceAll("\\.pem$", ".pub")));
  }

  /** A signing key from a PEM file with its public key beside it. */
  static Signer read(Path privateFile, Path publicFile) throws IOException {
    String pem =
        Files.readString(privateFile).replace(BEGIN, "").replace(END, "").replaceAll("\\s", "");
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
      return new Signer(key, new Signatures.Key(Files.readString(publicFile).strip()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new CliException(
          privateFile + " is not an Ed25519 private key.\nMaybe make one with 'insitu key --new'.");
    }
  }

  private void create(Path file) throws IOException {
    Files.createDirectories(directory);
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      String text =
          BEGIN
              + "\n"
              + Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(pair.getPrivate().getEncoded())
              + "\n"
              + END
              + "\n";
      boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
      Path temporary =
          posix
              ? Files.createTempFile(
                  directory,
                  "key",
                  ".tmp",
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")))
              : Files.createTempFile(directory, "key", ".tmp");
      Files.writeString(temporary, text, StandardCharsets.US_ASCII);
      Files.writeString(
          directory.resolve("key.pub"), Signatures.Key.of(pair.getPublic()).hex() + "\n");
      Files.move(temporary, file);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has Ed25519", e);
    }
  }

  /** The user's own key, if there is one, and the trusted ones. */
  Set<Signatures.Key> trusted() throws IOException {
    Set<Signatures.Key> keys = new LinkedHashSet<>();
    for (String name : List.of("key.pub", "trusted-keys")) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        Arrays.stream(Files.readString(file).split("\n"))
            .map(line -> line.replaceAll("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .map(Signatures.Key::new)
            .forEach(keys::add);
      }
    }
    return keys;
  }

  /** Adds a key to the trusted ones. */
  void trust(Signatures.Key key) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("trusted-keys"),
        key.hex() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Trust in the user's keys and some more. */
  Trust trust(List<String> more, boolean allowUnsigned) throws IOException {
    Set<Signatures.Key> keys = trusted();
    more.stream().map(Signatures.Key::new).forEach(keys::add);
    return new Trust(keys, allowUnsigned);
  }
}
