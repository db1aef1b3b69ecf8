// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

/**
 * A method on the stack.
 *
 * @param type name of its class, with package
 * @param method its name
 */
record Frame(String type, String method) {

  /** The package of all of ours, with a dot. */
  static final String ROOT = "io.github.luceneivf.";

  /** Returns the name of the outermost class of one of ours, below {@link #ROOT}. */
  String outerType() {
    int inner = type.indexOf('$');
    return type.substring(isOurs() ? ROOT.length() : 0, inner < 0 ? type.length() : inner);
  }

  boolean isOurs() {
    return type.startsWith(ROOT);
  }

  /** Returns whether this is part of the kernels, which work for every stage. */
  boolean isKernel() {
    return type.startsWith(ROOT + "kernel.");
  }

  /** Returns whether it belongs to the JDK, the vector classes included. */
  boolean isJdk() {
    return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
  }

  /** Returns class and method without packages. */
  @Override
  public String toString() {
    return type.substring(type.lastIndexOf('.') + 1) + "." + method;
  }
}
