package dev.insitu.elastic;

import java.util.Objects;

/**
 * One weight of the root as the package stores it.
 *
 * @param name the initializer's name in the graphs
 * @param type element type of the values
 * @param coding how the values are coded
 * @param length elements in C order; bytes if the coding is RAW
 * @param rowLength consecutive elements that share one step; 0 unless the coding is PLANES
 * @param refinements bit planes that follow after the base group; 0 unless the coding is PLANES
 * @param stated groups after the base that state all values anew, as bits: 1 for group 1, 2 for
 *     group 2, 4 for group 3; 0 unless the coding is STATED
 */
public record TensorSpec(
    String name,
    ElementType type,
    Coding coding,
    long length,
    int rowLength,
    int refinements,
    int stated) {

  /** Longest row: every block holds whole rows. */
  public static final int MAX_ROW = 65_536;

  /** Most bytes of one tensor. */
  public static final long MAX_BYTES = 1L << 40;

  /** Most bit planes after the base group. */
  public static final int MAX_REFINEMENTS = 14;

  static final int BLOCK_ELEMENTS = 262_144;
  static final int RAW_BLOCK_BYTES = 524_288;

  public TensorSpec {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
    Objects.requireNonNull(coding);
    if (length < 0 || length > MAX_BYTES / (coding == Coding.RAW ? 1 : type.bytes())) {
      throw ElasticException.limit(
          "Tensor "
              + Names.quote(name)
              + " has length "
              + length
              + "; a tensor has at most 2^40 bytes.");
    }
    boolean planes = coding == Coding.PLANES;
    boolean planar =
        type == ElementType.FLOAT32
            || type == ElementType.FLOAT16
            || type == ElementType.BFLOAT16
            || type == ElementType.INT8
            || type == ElementType.UINT8;
    boolean real = planar && type.floating();
    if (planes && !planar
        || coding == Coding.STATED && !real
        || coding == Coding.VECTOR && type != ElementType.FLOAT32) {
      throw ElasticException.corrupt(
          "Tensor "
              + Names.quote(name)
              + " of type "
              + type
              + " cannot be coded as "
              + coding
              + ".");
    }
    if (rowLength < (planes ? 1 : 0) || rowLength > (planes ? MAX_ROW : 0)) {
      throw ElasticException.corrupt(
          "Tensor "
              + Names.quote(name)
              + " has row length "
              + rowLength
              + ", coded as "
              + coding
              + ".");
    }
    if (refinements < 0 || refinements > (planes ? MAX_REFINEMENTS : 0)) {
      throw ElasticException.corrupt(
          "Tensor "
              + Names.quote(name)
              + " has "
              + refinements
              + " refinements, coded as "
              + coding
              + ".");
    }
    if (stated < 0 || stated >= (coding == Coding.STATED ? 1 << MAX_REFINEMENTS : 1)) {
      throw ElasticException.corrupt(
          "Tensor "
              + Names.quote(name)
              + " states values in the groups with bits "
              + Integer.toBinaryString(stated)
              + ", coded as "
              + coding
              + ".");
    }
  }

  /** A tensor that states nothing between base and lossless group. */
  public TensorSpec(
      String name, ElementType type, Coding coding, long length, int rowLength, int refinements) {
    this(name, type, coding, length, rowLength, refinements, 0);
  }

  /** Bytes of the values in the weight file. */
  public long byteLength() {
    return coding == Coding.RAW ? length : length * type.bytes();
  }

  /** Elements (RAW: bytes) of every block but the last. */
  public int blockLength() {
    return switch (coding) {
      case RAW -> RAW_BLOCK_BYTES;
      case VECTOR, STATED -> BLOCK_ELEMENTS;
      case PLANES -> Math.max(1, BLOCK_ELEMENTS / rowLength) * rowLength;
    };
  }

  /** Number of blocks; 0 for a tensor without elements. */
  public long blockCount() {
    return (length + blockLength() - 1) / blockLength();
  }

  /** Whether the values are float codes with steps, planes and a lossless distance. */
  public boolean floatPlanes() {
    return coding == Coding.PLANES && type.floating();
  }

  /**
   * Whether blocks of this tensor have content in a group (format, section 2).
   *
   * @param group 0 base, 1..levels planes, levels + 1 lossless
   * @param levels the package's refinements R
   */
  public boolean hasContent(int group, int levels) {
    if (group == 0) {
      return true;
    }
    if (group <= levels) {
      return switch (coding) {
        case PLANES -> levels - group < refinements;
        case STATED -> (stated >> group - 1 & 1) != 0;
        case VECTOR, RAW -> false;
      };
    }
    return group == levels + 1
        && (coding == Coding.VECTOR || coding == Coding.STATED || floatPlanes());
  }
}
