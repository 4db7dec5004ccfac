import Testing

import struct Index.Attachment

@testable import Index

@Suite("What a question asks")
struct QuestionTests {
    @Test("is hashed part by part, each after its length in bytes; no text is an empty one, no payload is {}")
    func digest() {
        let whole = QuestionDigest(text: "Deploy to größe?", type: "approval", payloadJSON: #"{ "options": [] }"#)
        let files = ["a", "b"].map { String(repeating: $0, count: 64) }
        #expect(whole.hex(files: files) == "6c0e2489d12a0a7c50c4aa71936da18f8feed2b654bc9973824b0da57a1e611c")
        let bare = "845126ec5390c7e46d879a47fa866a3647df7c197c989c8a8d46af96e78bf1c1"
        #expect(QuestionDigest(text: nil, type: "x", payloadJSON: nil).hex() == bare)
        #expect(QuestionDigest(text: "", type: "x", payloadJSON: "{}").hex() == bare)
        #expect(QuestionDigest(text: "x", type: "", payloadJSON: nil).hex() != bare)
    }

    @Test("While it waits, another text or a file that goes changes the digest, and is announced")
    func pending() async throws {
        let question = try await Question(expiresIn: .seconds(60))
        let (index, id) = (question.fixture.index, question.message.id)
        #expect(try await question.digest == question.expected("hello", question.files))
        let start = index.lastChangeNumber
        try await index.write { tx throws in
            #expect(try tx.updateDraft(id, in: tx.owned(question.channel), text: "bye", state: .streaming))
        }
        #expect(try await question.digest == question.expected("bye", question.files))
        try await index.write { tx throws in
            #expect(try tx.deleteAttachment(question.files[0].id, ownedBy: ActingUser(id: question.fixture.user.id)))
        }
        #expect(try await question.digest == question.expected("bye", [question.files[1]]))
        let seen = try #require(index.changes(of: .message(id), after: start)).changes.map(\.change.kind)
        #expect(seen == [.messageUpdated, .messageUpdated])
    }

    @Test("What was read before the unit serves, unless the question has changed since")
    func known() async throws {
        let question = try await Question(expiresIn: .seconds(60))
        let (index, id) = (question.fixture.index, question.message.id)
        let user = question.fixture.user.id
        func asked() async throws -> [Message.ID: AskedQuestion] {
            let ids = question.files.map(\.id)
            return try await index.read { try $0.questions(ofFiles: ids, ownedBy: ActingUser(id: user)) }
        }
        let old = try await asked()
        try await index.write { tx throws in
            let channel: OwnedChannel = tx.owned(question.channel)
            let becoming = try tx.question(ofStream: "s", in: channel, text: "bye")
            #expect(try tx.updateDraft(id, in: channel, text: "bye", state: .streaming, becoming: becoming))
        }
        #expect(try await question.digest == question.expected("bye", question.files))
        try await index.write { tx throws in
            #expect(try tx.deleteAttachment(question.files[0].id, ownedBy: ActingUser(id: user), knowing: old))
        }
        #expect(try await question.digest == question.expected("bye", [question.files[1]]))
        let new = try await asked()
        try await index.write { tx throws in
            #expect(try tx.deleteAttachment(question.files[1].id, ownedBy: ActingUser(id: user), knowing: new))
        }
        #expect(try await question.digest == question.expected("bye", []))
        await #expect(throws: IndexError.tooLarge) {
            try await ReadLimit.$bytes.withValue(1) {
                _ = try await index.read { try $0.question(ofStream: "s", in: $0.owned(question.channel), text: "a") }
            }
        }
    }

    @Test("Once it has ended, in time or by its answer, text and files stay; the draft may end, the whole may go")
    func ended() async throws {
        for isAnswered in [true, false] {
            let question = try await Question(expiresIn: isAnswered ? .seconds(60) : .milliseconds(-1))
            let (index, id) = (question.fixture.index, question.message.id)
            if isAnswered {
                try await index.write { tx in _ = try tx.complete(reviewOf: id, responseJSON: "{}") }
            }
            let digest = try await question.digest
            await #expect(throws: IndexError.frozen(id)) {
                try await index.write { tx in
                    try tx.updateDraft(id, in: tx.owned(question.channel), text: "bye", state: .streaming)
                }
            }
            await #expect(throws: IndexError.frozen(id)) {
                try await index.write { tx in
                    try tx.deleteAttachment(question.files[0].id, ownedBy: ActingUser(id: question.fixture.user.id))
                }
            }
            try await index.write { tx in
                let channel: OwnedChannel = tx.owned(question.channel)
                #expect(try tx.updateDraft(id, in: channel, text: "hello", state: .complete))
                let whole = try tx.message(id, in: channel)
                #expect(whole?.message.text == "hello" && whole?.attachments.count == 2)
                #expect(whole?.review?.digest == digest)
                #expect(try tx.deleteMessage(id, in: channel) == .deleted)
            }
        }
    }

    /// A draft that asks, with two files.
    private struct Question {
        let fixture: Fixture
        let message: Message
        let files: [Attachment]
        var channel: Agent.ID { fixture.agent.id }

        init(expiresIn time: Duration) async throws {
            let fixture = try await Fixture()
            let files = [try await fixture.storeFile(), try await fixture.storeFile()]
            var message = Message.sample(in: fixture.agent)
            (message.streamID, message.streamState) = ("s", .streaming)
            try await fixture.index.write { [message] tx in
                let review = Review(of: message, type: "approval", expiresAt: tx.now + time)
                try tx.insert(message, review: review)
                #expect(try tx.attach(ids: files.map(\.id), to: message) == [])
                let question = QuestionDigest(text: message.text, type: "approval", payloadJSON: nil)
                try tx.setDigest(question, ofMessage: message.id, in: tx.owned(message.channelID))
            }
            (self.fixture, self.message, self.files) = (fixture, message, files)
        }

        var digest: String? {
            get async throws {
                try await fixture.index.read { [message] in
                    try $0.review(ofMessage: message.id, in: $0.owned(message.channelID))?.digest
                }
            }
        }

        func expected(_ text: String, _ files: [Attachment]) -> String {
            QuestionDigest(text: text, type: "approval", payloadJSON: nil).hex(files: files.map(\.sha256))
        }
    }
}
