import CMalloc
import Dispatch

/// The memory of large bodies and answers, and of crowds.
package enum LargeMemory {
    /// From this size on, in bytes, memory is the system's again once it is free.
    private static let threshold: Int32 = 1 << 20
    /// How much of what is smaller stays at hand. With the library's usual 128 KiB, memory went back and forth with each
    /// commit, which cost a fifth of the commits.
    private static let keptSmall: Int32 = 16 << 20

    /// To be called once, at the start. Left alone, the C library raises its threshold with each large block that is
    /// freed, up to 32 MiB, and each thread then keeps some of them: a list of large messages left 80 MiB behind.
    package static func giveBack() {
        mallopt(M_MMAP_THRESHOLD, threshold)
        mallopt(M_TRIM_THRESHOLD, keptSmall)
    }

    /// Gives back what is free in small pieces too, on a thread of its own. Left alone, the C library keeps what lies
    /// below a piece in use: 6,000 connections that had gone left 180 MiB behind, a start 3.5. It takes some 30 ms, so
    /// it is for once in a while.
    package static func giveBackPieces() {
        DispatchQueue.global(qos: .utility).async { malloc_trim(0) }
    }
}
