package dev.insitu.model;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that nodes of one graph can read: its own and those of the graphs around it. */
final class Scope {

  private final @Nullable Scope parent;
  private final Set<String> taken;
  private final Map<String, String> names = new HashMap<>();

  private Scope(@Nullable Scope parent, Set<String> taken) {
    this.parent = parent;
    this.taken = taken;
  }

  /** The scope of the main graph, whose names stay as they are. */
  static Scope main() {
    return new Scope(null, new HashSet<>());
  }

  /** The scope of a graph in this one. */
  Scope inner() {
    return new Scope(this, taken);
  }

  /**
   * Defines a value under a name that no other value of the model has.
   *
   * @throws OnnxException if this graph defines the name already
   */
  void define(String name, String by) {
    if (names.containsKey(name)) {
      throw new OnnxException(
          "the name '" + name + "' is defined twice in one graph, the second time by " + by);
    }
    names.put(name, parent == null && taken.add(name) ? name : unused(name));
  }

  boolean defines(String name) {
    return names.containsKey(name);
  }

  /** The model-wide name of what a node calls by this name; empty stays empty. */
  String resolve(String name, String reader) {
    if (name.isEmpty()) {
      return name;
    }
    for (Scope scope = this; scope != null; scope = scope.parent) {
      String found = scope.names.get(name);
      if (found != null) {
        return found;
      }
    }
    throw new OnnxException(reader + " reads '" + name + "', which nothing defines");
  }

  /** Takes a name of its own: the given one or, if it is taken, that with a number. */
  String unused(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + "#" + i;
    }
    return name;
  }
}
