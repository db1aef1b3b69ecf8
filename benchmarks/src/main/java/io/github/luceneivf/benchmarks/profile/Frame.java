// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

/**
 * A method on the stack.
 *
 * @param type name of its class, with package
 * @param method its name
 */
record Frame(String type, String method) {

  /** Returns the name of the class without package, and of the class around it without more. */
  String outerType() {
    String simple = type.substring(type.lastIndexOf('.') + 1);
    int inner = simple.indexOf('$');
    return inner < 0 ? simple : simple.substring(0, inner);
  }

  boolean isOurs() {
    return type.startsWith("io.github.luceneivf.");
  }

  /** Returns whether this is part of the kernels, which work for every stage. */
  boolean isKernel() {
    return type.startsWith("io.github.luceneivf.kernel.");
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
