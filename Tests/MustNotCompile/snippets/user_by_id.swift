// error: cannot convert value of type 'User.ID' \(aka 'Identifier<User>'\) to expected argument type 'ActingUser'
import Index

func acknowledge(_ id: Message.ID, in channelID: Agent.ID, of userID: User.ID, _ index: StoreIndex) async throws
    -> Bool
{
    try await index.write { tx in try tx.acknowledge(id, in: tx.channel(channelID, ownedBy: userID)) }
}
