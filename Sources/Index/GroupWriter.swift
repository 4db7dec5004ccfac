/// What commits the groups of ``CommitQueue``: the only connection of an index that writes, with a queue of its own.
protocol GroupWriter: Sendable {
    /// Runs `body` on that queue, after everything queued before it.
    func run(_ body: @escaping @Sendable () -> Void)

    /// Runs `units` in one transaction, commits it, and tells the feed what it changed. To be called on that queue.
    ///
    /// - Parameter units: called again when nothing of the transaction was stored and it can be tried once more. It gets
    ///   the files whose disk is to be asked for room for each unit; nil when it need not be.
    /// - Returns: whether something is left for the next commit, which is to come even without units.
    /// - Throws: when the group was not stored, or nobody knows. The feed has counted the commit then too.
    func commit(_ units: (Transaction, IndexFiles?) throws -> Void) throws -> Bool

    /// Does a little upkeep outside of any transaction. Returns whether there is more of it.
    func tidyUp() -> Bool

    /// Waits for everything queued, then closes what it has open.
    func close()
}
