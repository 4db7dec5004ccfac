import Blobs
import Index
import NIOCore

/// Why the store could not be opened or the port could not be bound, in a sentence that the operator can act on.
package enum StartFailure: Error, CustomStringConvertible {
    /// Another process has the store open; `pid` is its id, if it left one in the lock.
    case storageInUse(folder: String, pid: Int32?)
    case cannotStart(String)

    package var description: String {
        switch self {
        case .storageInUse(let folder, let pid):
            "The storage folder \(folder) is in use" + (pid.map { " by process \($0)" } ?? "")
                + ". Stop that server first, or give this one another --storage."
        case .cannotStart(let reason): reason
        }
    }

    /// Turns the errors that a start can meet into a ``StartFailure``. Any other error stays as it is.
    package static func explaining(_ error: any Error, _ configuration: ServerConfiguration) -> any Error {
        if let server = configuration.index, let error = error as? IndexError {
            return explaining(error, server)
        }
        return switch error {
        case BlobError.locked(let pid):
            StartFailure.storageInUse(folder: configuration.storage, pid: pid)
        case BlobError.unreachable(let reason):
            StartFailure.cannotStart(
                "The bucket \(configuration.bucket?.location.description ?? "") cannot be used. \(reason)"
            )
        case let error as BlobError:
            StartFailure.cannotStart("\(configuration.storage): \(error.logDescription)")
        case IndexError.foreignStore:
            StartFailure.cannotStart("\(configuration.indexPath) belongs to another storage folder.")
        case IndexError.moved(let place):
            StartFailure.cannotStart(Self.moved(to: place))
        case IndexError.newerSchema:
            StartFailure.cannotStart("\(configuration.indexPath) was written by a newer placet; start that one.")
        case IndexError.unknownSchema:
            StartFailure.cannotStart(
                "\(configuration.indexPath) was made by a build of before the first release, with other tables than any "
                    + "release. Start the build that made it, download what you want to keep, and begin a new folder."
            )
        case let error as IndexError:
            StartFailure.cannotStart("\(configuration.indexPath) cannot be opened: \(error)")
        case let error as IOError:
            StartFailure.cannotStart("Cannot listen on \(configuration.host):\(configuration.port): \(error)")
        default:
            error
        }
    }

    private static func moved(to place: String) -> String {
        "The store is not here: it was moved, or is to be moved, and is now at: \(place). Start the server with the settings "
            + "that placet migrate has said."
    }

    /// The same for an index on PostgreSQL.
    static func explaining(_ error: IndexError, _ server: PostgreSQLServer) -> StartFailure {
        if case .moved(let place) = error { return .cannotStart(moved(to: place)) }
        let reason =
            switch error {
            case .unreachable(let words): "it cannot be reached: \(words)"
            case .unsuitableServer(let reason): reason
            case .newerSchema: "a newer placet made its tables; start that one"
            case .readOnly: "it is a standby and takes no writes; name the primary"
            case .refused(let state, let words): "\(words) (SQLSTATE \(state))"
            default: "it cannot be opened: \(error)"
            }
        return .cannotStart("The index on \(server.name): \(reason)")
    }
}
