/// The changes of some topics from the moment of subscribing, in the order of the commits.
///
/// For one reader. It ends with ``IndexError/tooSlow`` when more than its capacity lie unread, after those, and with
/// ``IndexError/closed`` when the index is closed. Letting go of it, or cancelling the reading task, unsubscribes.
package struct ChangeSubscription: AsyncSequence, Sendable {
    package typealias Element = Announcement
    typealias Continuation = AsyncThrowingStream<Announcement, any Error>.Continuation

    private let stream: AsyncThrowingStream<Announcement, any Error>

    static func makeStream(capacity: Int) -> (ChangeSubscription, Continuation) {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: Announcement.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
        return (ChangeSubscription(stream: stream), continuation)
    }

    package func makeAsyncIterator() -> AsyncThrowingStream<Announcement, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}
