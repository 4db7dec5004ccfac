/// Who waits for the one writer: a line for each user, and one for the server's own work.
///
/// Next comes the line that has had least of the writer's time (start-time fair queueing). So a user waits for the unit
/// under way and for what he queued himself, not for all that somebody else has queued. A line that was empty starts
/// level with the one served last, so nobody saves up time.
///
/// Taking one costs a look at each line: there are as many as users who wait at this moment.
struct WriterLines<Element> {
    private struct Line {
        /// The last to come is last.
        var arrived: [Element] = []
        /// Those that came before, the last to come first. Two arrays, because what is taken must not stay in memory.
        var ahead: [Element] = []
        /// How much of the writer's time the line has had, and where it started.
        var time = Duration.zero

        var isEmpty: Bool { ahead.isEmpty && arrived.isEmpty }

        mutating func next() -> Element? {
            if ahead.isEmpty {
                ahead = arrived.reversed()
                arrived.removeAll(keepingCapacity: true)
            }
            return ahead.popLast()
        }
    }

    private var lines: [User.ID?: Line] = [:]
    /// The time of the line that began the last group. No line that waits has less.
    private var level = Duration.zero
    private var hasBegun = false

    /// How many wait in all lines.
    private(set) var count = 0

    mutating func append(_ element: Element, of userID: User.ID?) {
        var line = lines.removeValue(forKey: userID) ?? Line()
        if line.isEmpty { line.time = max(line.time, level) }
        line.arrived.append(element)
        lines[userID] = line
        count += 1
    }

    /// The next one is the first of its group.
    mutating func beginGroup() {
        hasBegun = false
        // Who does not wait and has had no more than others starts level with them anyway.
        lines = lines.filter { !$0.value.isEmpty || $0.value.time > level }
    }

    /// Takes the next one.
    ///
    /// - Parameter limit: nobody joins a group who has had so much more than the one who began it. So long units get
    ///   groups of their own, and short ones do not wait for them to be flushed. Nil for no limit.
    mutating func next(within limit: Duration?) -> (element: Element, userID: User.ID?)? {
        var first: Dictionary<User.ID?, Line>.Index?
        for index in lines.indices where !lines.values[index].isEmpty {
            if let found = first, lines.values[found].time <= lines.values[index].time { continue }
            first = index
        }
        guard let first else { return nil }
        let time = lines.values[first].time
        if !hasBegun {
            level = time
            hasBegun = true
        } else if let limit, time > level + limit {
            return nil
        }
        guard let element = lines.values[first].next() else { return nil }
        count -= 1
        return (element, lines.keys[first])
    }

    /// Notes what the writer's time for one of the line's elements was.
    mutating func charge(_ time: Duration, to userID: User.ID?) {
        lines[userID]?.time += time
    }
}
