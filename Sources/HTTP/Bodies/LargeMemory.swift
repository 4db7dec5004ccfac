import CMalloc

/// The memory of large bodies and answers.
package enum LargeMemory {
    /// From this size on, in bytes, memory is the system's again once it is free.
    private static let threshold: Int32 = 1 << 20

    /// To be called once, at the start. Left alone, the C library raises its threshold with each large block that is
    /// freed, up to 32 MiB, and each thread then keeps some of them: a list of large messages left 80 MiB behind.
    package static func giveBack() {
        mallopt(M_MMAP_THRESHOLD, threshold)
    }
}
