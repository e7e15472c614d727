package dev.insitu.train;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Asks the C library to keep the memory that it has got. Every value of a forward pass is some
 * megabytes; by itself glibc gets each from the system and gives it back, and the system clears it:
 * a quarter to a third of the processor time of a ResNet-20's step. Where there is no such function
 * nothing happens.
 */
final class NativeMemory {

  private static final int TRIM_THRESHOLD = -1; // of malloc.h
  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;
  private static final int LARGEST_KEPT = 32 << 20; // the most that glibc takes
  private static final int AHEAD = 64 << 20;

  private NativeMemory() {}

  /** Keeps it from now on, in the whole process. */
  @SuppressWarnings("restricted")
  static void keep() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> function = linker.defaultLookup().find("mallopt");
    if (function.isEmpty()) {
      return;
    }
    MethodHandle mallopt =
        linker.downcallHandle(
            function.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    set(mallopt, MMAP_THRESHOLD, LARGEST_KEPT);
    set(mallopt, TRIM_THRESHOLD, Integer.MAX_VALUE);
    set(mallopt, TOP_PAD, AHEAD);
  }

  private static void set(MethodHandle mallopt, int parameter, int value) {
    try {
      int _ = (int) mallopt.invokeExact(parameter, value);
    } catch (Throwable e) {
      throw new IllegalStateException("mallopt cannot be called", e);
    }
  }
}
