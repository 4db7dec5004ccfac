import API
import Archives
import HTTP
import Hummingbird
import Index
import JSON
import Lines
import Multipart
import Store

/// The numbers that the texts name in double braces. Each is the constant that the code itself uses, so the two cannot
/// differ.
enum Figures {
    /// How the numbers are written, by name and unit: `page`, `id.least`, `id.most`, `picture.MiB`, `wait.ms`.
    static let all = Dictionary(
        uniqueKeysWithValues: constants.flatMap { name, figure in figure.forms.map { (name + $0.key, $0.value) } }
    )

    static let constants = requests.merging(resources) { own, _ in own }.merging(rows) { own, _ in own }

    /// What any request may hold. The shelves refuse anything beyond it.
    private static let requests: [String: Figure] = [
        "failures": .number(RateLimits.failures.burst),
        "formParts": .number(MultipartParser.Limits().maxParts),
        "idempotencyKey": .number(Request.maxIdempotencyKey),
        "jsonBody": .bytes(Request.maxJSONBytes),
        "jsonDepth": .number(JSONValue.maxDepth),
        "longWork": .time(LongWork.limit),
        "page": .number(PageRequest.maxLimit),
        "partHeaders": .bytes(MultipartParser.Limits().maxHeaderBytes),
        "pathParameter": .number(RootContext.maxParameterLength),
        "requestsPerSecond": .number(Limits.requestsPerSecond),
        "target": .number(Request.maxTargetBytes),
        "usualArray": .number(PageRequest.usualArray),
        "url": .range(JSONFields.urlLength),
        "usualPage": .number(PageRequest.defaultLimit),
    ]

    /// What the index and the store keep and count, and what is read of files.
    private static let rows: [String: Figure] = [
        "archiveEntries": .number(Archive.mostEntries),
        "archiveUnpacked": .bytes(Archive.mostUnpacked),
        "channelsOfPlan": .number(CollectionPlan.mostChannels),
        "changesKept": .number(ChangeLog.capacity),
        "collected": .time(FileStore.collectionGrace),
        "entryBytes": .bytes(ArchiveEntry.mostBytes),
        "filename": .number(FileName.maxBytes),
        "filesExplained": .number(BlobExplanation.mostFiles),
        "inlineText": .number(FileStore.maxInlineBytes),
        "idempotencyLifetime": .time(IdempotencyKey.lifetime),
        "lastMessage": .number(AgentWithNews.maxTextLength),
        "lineBytes": .bytes(Line.mostBytes),
        "linesBytes": .bytes(LinePage.mostBytes),
        "noticeBurst": .number(NoticeBurst.most),
        "noticeBurstTime": .time(NoticeBurst.time),
        "subscriptions": .number(NoticeWay.mostSubscriptions),
        "modestPlan": .bytes(FileStore.modestPlan),
        "pageWeight": .number(PageWeight.most),
        "storageRows": .number(StorageFigures.largest),
        "storageSamples": .number(StorageSample.kept),
        "runsKept": .number(CollectionRun.kept),
        "searched": .number(Message.searchedLength),
        "statusEvents": .number(StreamEvent.maxPerStream),
        "statusEventsShown": .number(StreamEvent.maxShown),
        "undoWindow": .time(CollectionRun.undoWindow),
        "unattached": .time(StoreLimits.usualLifetime),
        "unread": .number(AgentWithNews.maxUnread),
    ]

    /// What the requests of each resource may hold. The handlers refuse anything beyond it.
    private static let resources: [String: Figure] = [
        "attachments": .range(Limits.attachments),
        "collectionGrace": .range(Limits.collectionGrace),
        "deletedAtOnce": .range(Limits.deletedAtOnce),
        "description": .range(Limits.description),
        "draftIdle": .time(Limits.draftIdle),
        "email": .range(Limits.email),
        "entries": .range(Limits.entries),
        "eventMessage": .number(Limits.eventMessage),
        "feedback": .range(Limits.feedback),
        "fetch": .time(Limits.fetch),
        "fetchAnswer": .bytes(Limits.fetchAnswer),
        "fetchBody": .bytes(Limits.fetchBody),
        "formField": .bytes(Limits.formField),
        "foundLines": .range(Limits.foundLines),
        "givenFilename": .range(Limits.givenFilename),
        "givenType": .range(Limits.givenType),
        "heartbeat": .time(Limits.heartbeat),
        "id": .range(Limits.id),
        "keyLabel": .range(Limits.keyLabel),
        "keyLifetime": .range(Limits.keyLifetime),
        "lineContext": .range(Limits.lineContext),
        "linePattern": .range(Limits.linePattern),
        "lineSearch": .time(Limits.lineSearch),
        "lines": .range(Limits.lines),
        "look": .time(Limits.look),
        "longestExpiry": .time(Limits.longestExpiry),
        "markdownBytes": .bytes(Limits.markdownBytes),
        "markdownTexts": .range(Limits.markdownTexts),
        "modifiedFiles": .range(Limits.modifiedFiles),
        "mutedChannels": .range(Limits.mutedChannels),
        "name": .range(Limits.name),
        "ntfyToken": .range(Limits.ntfyToken),
        "newPassword": .range(Limits.newPassword),
        "password": .range(Limits.password),
        "passwordGiven": .time(Limits.passwordGiven),
        "picture": .bytes(Limits.picture),
        "pictureForm": .bytes(Limits.pictureForm),
        "planID": .range(Limits.planID),
        "pluginName": .range(Limits.pluginName),
        "pluginSetting": .range(Limits.pluginSetting),
        "quota": .range(Limits.quota),
        "ranges": .number(Limits.ranges),
        "retentionDays": .range(Limits.retentionDays),
        "reviewType": .range(Limits.reviewType),
        "search": .number(Limits.search),
        "counted": .number(Limits.counted),
        "shares": .number(Limits.shares),
        "signInBody": .bytes(Limits.signInBody),
        "streamsPerCaller": .number(Limits.streamsPerCaller),
        "streamsPerUser": .number(Limits.streamsPerUser),
        "signInEmail": .range(Limits.signInEmail),
        "statusMessage": .range(Limits.statusMessage),
        "statusText": .range(Limits.statusText),
        "statusesShown": .number(Limits.statusesShown),
        "tag": .range(Limits.tag),
        "textAttachments": .range(Limits.textAttachments),
        "timeZone": .range(Limits.timeZone),
        "upload": .bytes(Limits.upload),
        "openUploads": .number(Limits.openUploads),
        "uploadAddresses": .number(Limits.uploadAddresses),
        "uploadAddressLifetime": .range(Limits.uploadAddressLifetime),
        "usualUploadAddressLifetime": .number(Limits.usualUploadAddressLifetime),
        "userAgent": .number(Limits.userAgent),
        "usualEntries": .number(Limits.usualEntries),
        "usualExpiry": .time(Limits.usualExpiry),
        "usualFilesPage": .number(Limits.usualFilesPage),
        "usualFoundLines": .number(Limits.usualFoundLines),
        "usualLines": .number(Limits.usualLines),
        "wait": .time(Limits.wait),
        "waitsPerCaller": .number(Limits.waitsPerCaller),
        "waitsPerUser": .number(Limits.waitsPerUser),
        "webhookAttempt": .time(Limits.webhookAttempt),
        "webhookCredential": .range(Limits.webhookCredential),
        "webhookHeaderBytes": .bytes(Limits.webhookHeaderBytes),
        "webhookHeaders": .range(Limits.webhookHeaders),
        "webhookPauses": .times(Limits.webhookPauses),
        "webhookRetryAfter": .time(Limits.webhookRetryAfter),
        "webhookSecret": .range(Limits.webhookSecret),
        "webhookSecretOverlap": .time(Limits.webhookSecretOverlap),
        "webhookTest": .time(Limits.webhookAttempt + Limits.webhookAnswer),
        "webhookTests": .number(Limits.webhookTests),
        "webhookTestsPerUser": .number(Limits.webhookTestsPerUser),
    ]

    /// A name in double braces, with the unit if there is one.
    static var placeholder: Regex<(Substring, Substring)> { /\{\{([A-Za-z.]+)\}\}/ }
}
