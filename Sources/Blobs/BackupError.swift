/// Why a backup is refused, in a sentence that the operator can act on. It follows the name of the folder.
package enum BackupError: Error, Sendable, Equatable {
    /// The folder has something in it that no backup or restore has put there.
    case notEmpty
    /// The backup in the folder is that of another store.
    case otherStore
    /// The storage folder that is to be copied has no store in it.
    case noStore
    /// The folder is no backup.
    case noBackup
    /// The first backup into the folder was cut off.
    case unfinished
    /// A restore of another backup into the folder was cut off.
    case otherBackup
    /// The copy of the index is not the one that the manifest names.
    case damagedIndex
    /// One of the folders is in the other.
    case nested
    /// The server removed bytes before they were copied.
    case holdHasEnded
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEmpty: "The folder is not empty. Name one that is, or does not exist yet."
        case .otherStore: "This is the backup of another store. Name another folder."
        case .noStore: "There is no store in the storage folder that is to be copied. Name it with --storage."
        case .noBackup: "There is no backup here."
        case .unfinished: "The backup here was cut off before it was whole. Run placet backup again."
        case .otherBackup: "A restore of another backup was begun here. Empty the folder first."
        case .damagedIndex: "The backup is damaged: its index is not what its manifest says. Use another one."
        case .nested: "The backup must not be inside the storage folder. Name another folder."
        case .holdHasEnded:
            "This backup was held up for minutes, so the server may have removed what was to be copied. Run it again: "
                + "it goes on."
        }
    }
}
