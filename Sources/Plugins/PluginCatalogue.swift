import API
import Logging
import NIOPosix
import Synchronization

/// The plugins in the storage folder, by name, as they are on disk now or were a second ago. So an operator can add,
/// repair or remove one without a restart.
///
/// A look takes a few `stat` for each plugin, on a thread of the pool. There is about one a second at most, and it
/// reads only the plugins that have changed.
package final class PluginCatalogue: Sendable {
    /// Beyond these, in the order of names, folders are not read.
    static let maxPlugins = 256

    private struct Entry: Sendable {
        let stamp: PluginFolder.Stamp
        let outcome: Result<PluginManifest, PluginProblem>
    }

    /// What one look found.
    private struct Look: Sendable {
        var entries: [String: Entry] = [:]
        /// Folders that could not even be opened. What is wrong with the whole stands under `.`.
        var refused: [String: PluginProblem] = [:]

        var manifests: [String: PluginManifest] { entries.compactMapValues { try? $0.outcome.get() } }

        var problems: [String: PluginProblem] {
            let broken = entries.compactMapValues { entry in
                if case .failure(let problem) = entry.outcome { problem } else { nil }
            }
            return broken.merging(refused) { $1 }
        }
    }

    private let path: String
    private let threads: NIOThreadPool
    private let logger: Logger
    private let freshness: Duration
    private let last = Mutex<(at: ContinuousClock.Instant, look: Task<Look, Never>)?>(nil)

    /// - Parameters:
    ///   - path: the folder that has a folder for each plugin.
    ///   - freshness: how long an answer is good without another look.
    package init(path: String, threads: NIOThreadPool, logger: Logger, freshness: Duration = .seconds(1)) {
        self.path = path
        self.threads = threads
        self.logger = logger
        self.freshness = freshness
    }

    /// The plugins that are whole, by name. What is wrong with another one is logged when it is first seen.
    package func manifests() async -> [String: PluginManifest] {
        let task = last.withLock { last in
            let now = ContinuousClock.now
            if let last, last.at.duration(to: now) < freshness { return last.look }
            // In a task of its own: a request that is cancelled must not spoil the look for others.
            let task = Task { [previous = last?.look] in await look(after: await previous?.value ?? Look()) }
            last = (now, task)
            return task
        }
        return await task.value.manifests
    }

    /// The page of a plugin as it is now. Nil when there is no such plugin, or it can no longer be read.
    func page(of name: String) async throws -> [UInt8]? {
        guard await manifests()[name] != nil else { return nil }
        return try await read(name) { folder throws(PluginProblem) in try folder.page() }
    }

    /// The icon of a plugin as it is now. Nil when it has none, or it can no longer be read.
    func icon(of plugin: PluginManifest) async throws -> [UInt8]? {
        guard let image = plugin.image else { return nil }
        return try await read(plugin.name) { folder throws(PluginProblem) in try folder.icon(image.name) }
    }

    private func read(
        _ name: String,
        _ body: @escaping @Sendable (borrowing PluginFolder) throws(PluginProblem) -> [UInt8]
    ) async throws -> [UInt8]? {
        try await threads.runIfActive { [path] in try? body(try PluginFolder(path).folder(name)) }
    }

    /// Looks on a thread of the pool, and logs problems that are new.
    private func look(after previous: Look) async -> Look {
        let found = try? await threads.runIfActive { self.look(previous) }
        guard let found else { return previous }  // The server is stopping.
        let known = previous.problems
        for (name, problem) in found.problems.sorted(by: { $0.key < $1.key }) where known[name] != problem {
            logger.warning("plugin left out", metadata: ["plugin": "\(name)", "problem": "\(problem)"])
        }
        return found
    }

    private func look(_ previous: Look) -> Look {
        var look = Look()
        do throws(PluginProblem) {
            let folder = try PluginFolder(path)
            let names = try folder.names()
            for name in names.prefix(Self.maxPlugins) {
                do throws(PluginProblem) {
                    look.entries[name] = try Self.entry(name, in: folder, previous.entries[name])
                } catch {
                    look.refused[name] = error
                }
            }
            if names.count > Self.maxPlugins {
                look.refused["."] = PluginProblem("there are more than \(Self.maxPlugins); the last ones are not read")
            }
        } catch {
            look.refused["."] = error
        }
        return look
    }

    /// The plugin of a folder; the known one if nothing has changed in it.
    ///
    /// - Throws: ``PluginProblem`` when the folder cannot be a plugin's. Problems inside it are its outcome.
    private static func entry(
        _ name: String,
        in parent: borrowing PluginFolder,
        _ known: Entry?
    ) throws(PluginProblem) -> Entry {
        guard PluginManifest.isKebabCase(name) else {
            throw PluginProblem("the folder's name must be lower-case words with hyphens, such as diff-view")
        }
        let folder = try parent.folder(name)
        let stamp = folder.stamp  // Before reading: the next look sees what is written meanwhile.
        if let known, known.stamp == stamp { return known }
        do throws(PluginProblem) {
            return Entry(stamp: stamp, outcome: .success(try folder.manifest(named: name)))
        } catch {
            return Entry(stamp: stamp, outcome: .failure(error))
        }
    }
}
