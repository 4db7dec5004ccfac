import Index

/// What the collector did by itself, or why it did nothing.
package enum ScheduledCollection: Sendable, Equatable {
    case collected(CollectionReport)
    /// The clock was set back, so nothing is taken before a server has run for a grace.
    case clockSetBack
    /// The clock has gone on by so much more than a server has run: the server stood still, or the clock was set.
    case clockAhead(by: Duration, CollectionReport)
    case refused(StoreError)
}

extension FileStore {
    /// How long the server runs between two looks at the clock. What a look has not noted is lost with a restart.
    private static let lookPause = Duration.seconds(10 * 60)

    /// Collects at once and then at each interval, until the task is cancelled. In between it looks at the clock: by these
    /// looks others go too, whatever they remove for its age.
    ///
    /// - Parameter interval: nil for the looks alone.
    /// - Throws: ``BlobError`` and ``IndexError``. What was collected until then stays so; the next run goes on.
    package func collect(every interval: Duration?, _ report: @Sendable (ScheduledCollection) -> Void) async throws {
        var (last, next) = (ContinuousClock.now, ContinuousClock.now)
        while true {
            let now = ContinuousClock.now
            let takes = interval != nil && now >= next
            report(try await collectOnSchedule(at: .now(), after: last.duration(to: now), takes: takes))
            last = now
            if let interval, takes { next += interval }
            try await Task.sleep(for: min(interval ?? Self.lookPause, Self.lookPause))
        }
    }

    /// Takes what was due at a look after which a server has run for the grace. So nothing goes early because the clock
    /// was set, and an operator has a day of the server's time to set it right.
    ///
    /// - Parameters:
    ///   - moment: what the clock shows.
    ///   - elapsed: how long this server has run since the last look, by a clock that nobody sets.
    ///   - takes: false for a look alone.
    func collectOnSchedule(
        at moment: Timestamp,
        after elapsed: Duration,
        takes: Bool = true
    ) async throws -> ScheduledCollection {
        let look = try await index.write(for: .upkeep) {
            try $0.noteClockLook(at: moment, after: elapsed, grace: Self.collectionGrace)
        }
        do {
            switch look {
            case .clockSetBack: return .clockSetBack
            case .clockAhead(let ahead, let due):
                return .clockAhead(by: ahead, try await collect(dueAt: takes ? due : nil))
            case .due(let due): return .collected(try await collect(dueAt: takes ? due : nil))
            }
        } catch StoreError.collectionUnderWay {
            return .collected(CollectionReport())  // By hand; the next look comes.
        } catch let error as StoreError {
            return .refused(error)
        }
    }

    private func collect(dueAt moment: Timestamp?) async throws -> CollectionReport {
        guard let moment else { return CollectionReport() }
        // They have waited for the grace since that moment.
        let plan = CollectionPlan.ID(moment: moment, grace: .zero)
        return try await collectDue(at: plan, startedBy: .schedule, for: .seconds(Int64.max / 2)).done
    }
}
