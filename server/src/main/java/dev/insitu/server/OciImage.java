package dev.insitu.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.library.StoredPackage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A version as registries and their tools see it: an OCI image manifest whose layers are the
 * package's manifest, profile, signatures and chunks. Immutable.
 */
final class OciImage {

  static final String IMAGE_TYPE = "application/vnd.oci.image.manifest.v1+json";
  static final String CHUNK_TYPE = "application/vnd.insitu.chunk.v1";
  static final String CONFIG_TYPE = "application/vnd.insitu.config.v1+json";
  static final String PROFILE_TYPE = "application/vnd.insitu.profile.v1";
  static final String SIGNATURES_TYPE = "application/vnd.insitu.signatures.v1";

  /** Most layers of an image: common tools read manifests of at most 4 MiB. */
  static final int MAX_LAYERS = 24_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteBuffer manifest;
  private final Digest digest;
  private final Map<Digest, ByteBuffer> blobs = new HashMap<>();

  OciImage(StoredPackage stored) {
    ObjectNode image = JSON.createObjectNode();
    image
        .put("schemaVersion", 2)
        .put("mediaType", IMAGE_TYPE)
        .put("artifactType", "application/vnd.insitu.package.v1");
    add(image.putObject("config"), CONFIG_TYPE, config(stored));
    ArrayNode layers = image.putArray("layers");
    add(layers.addObject(), ModelEndpoints.MANIFEST_TYPE, stored.manifestBytes());
    if (stored.profile().hasRemaining()) {
      add(layers.addObject(), PROFILE_TYPE, stored.profile());
    }
    if (!stored.signatures().isEmpty()) {
      add(layers.addObject(), SIGNATURES_TYPE, signatures(stored));
    }
    addChunks(layers, stored);
    image
        .putObject("annotations")
        .put("org.opencontainers.image.version", stored.version().version());
    manifest = toJson(image);
    digest = Digest.sha256(manifest);
  }

  private void add(ObjectNode descriptor, String mediaType, ByteBuffer bytes) {
    Digest name = Digest.sha256(bytes);
    blobs.put(name, bytes);
    describe(descriptor, mediaType, name, bytes.remaining());
  }

  private static void describe(ObjectNode descriptor, String mediaType, Digest digest, int size) {
    descriptor.put("mediaType", mediaType).put("digest", digest.toString()).put("size", size);
  }

  private static void addChunks(ArrayNode layers, StoredPackage stored) {
    Set<Digest> seen = new HashSet<>();
    for (ChunkSpec chunk : stored.manifest().chunks()) {
      if (seen.add(chunk.digest())) {
        describe(layers.addObject(), CHUNK_TYPE, chunk.digest(), chunk.size());
      }
    }
    for (Manifest.ObjectRef chunk : stored.manifest().furtherChunks()) {
      if (seen.add(chunk.digest())) {
        describe(layers.addObject(), CHUNK_TYPE, chunk.digest(), chunk.size());
      }
    }
    if (layers.size() > MAX_LAYERS) {
      throw new Problem.Refusal(
          422,
          "image-too-large",
          "'"
              + stored.manifest().name()
              + "' would have "
              + layers.size()
              + " layers; at most "
              + MAX_LAYERS
              + " fit a manifest that common tools read.\nMaybe pull it with 'insitu pull'.");
    }
  }

  private static ByteBuffer config(StoredPackage stored) {
    ObjectNode config = JSON.createObjectNode();
    config
        .put("name", stored.manifest().name())
        .put("version", stored.version().version())
        .put("manifest", stored.digest().toString());
    return toJson(config);
  }

  /** As in a package file: 32 bytes of key, 64 of signature. */
  private static ByteBuffer signatures(StoredPackage stored) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Signed signed : stored.signatures()) {
      bytes.writeBytes(HexFormat.of().parseHex(signed.key().hex()));
      bytes.writeBytes(signed.signature());
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static ByteBuffer toJson(ObjectNode node) {
    try {
      return ByteBuffer.wrap(JSON.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of ours is always JSON", e);
    }
  }

  /** The image manifest. */
  ByteBuffer manifest() {
    return manifest.duplicate();
  }

  /** Names the image manifest. */
  Digest digest() {
    return digest;
  }

  /** A blob of the image that is not a chunk. */
  Optional<ByteBuffer> blob(Digest name) {
    return Optional.ofNullable(blobs.get(name)).map(ByteBuffer::duplicate);
  }
}
