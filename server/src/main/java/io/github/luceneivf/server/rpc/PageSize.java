// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

/** Sizes of the pages of a list. Stateless. */
public final class PageSize {

  private static final int USUAL = 100;

  /** A page of the largest entries stays far below what a message may have. */
  private static final int MOST = 1000;

  private PageSize() {}

  /**
   * Returns the size of a page.
   *
   * @param wanted by the client; 0 for the usual size
   * @throws RequestException if no page has that size
   */
  public static int of(int wanted) {
    RequestException.requireRange("page_size", wanted, 0, MOST);
    return wanted == 0 ? USUAL : wanted;
  }
}
