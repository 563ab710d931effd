import Database
import Files
import Identity
import Records
import SQLText
import Schema
import Values

/// The way of an erasure: first the ledger, then what belongs to the person in small steps, at last the person. Whatever
/// stops it in between, the person can still be recognised, and the ledger says that the erasure has to be ended.
extension Privacy {
    /// Records per step. People's writes wait for one step at most.
    static let step: Int64 = 100

    /// Erases a person and their merged records. `check` throws when it is the wrong one; `tokens` are those of an
    /// erasure that has to be ended or done again.
    func erase(
        _ plural: String,
        _ id: RecordID,
        reason: String?,
        as actor: Actor,
        tokens given: [RecordID: String] = [:],
        _ check: @escaping @Sendable (borrowing Person) throws -> Void
    ) async throws -> ErasureReport {
        let rules = rules
        let reason = reason.map { String($0.prefix(200)) }
        let began = engine.clock.now()
        let (key, all, there) = try await engine.read(as: actor) { session in
            let person = try Person(plural, id, rules, session)
            try check(person)
            let merged = try MergedPersons(person, session)
            return (person.object.key, [id] + merged.there + merged.gone, merged.there)
        }
        let tokens = Dictionary(all.map { ($0, given[$0] ?? Person.token()) }) { $1 }
        if given.isEmpty {
            try ledger?.add(all.map { .init(object: key, record: $0, token: tokens[$0] ?? Person.mark, at: began) })
        }
        var (report, hashes) = (ErasureReport(), [String]())
        var since: Instant?
        for one in [id] + there {
            let part = try await eraseNotes(Subject(plural, one, of: id, tokens[one] ?? Person.mark), as: actor)
            report.add(part.report)
            hashes += part.hashes
            if part.isEnd { since = began }
            // Once the person is gone nobody knows any more what to look for.
            report.lines += try await blankKeptFiles(part.texts)
        }
        let start = since
        let done = try await engine.write(as: actor) { session in
            let person = try Person(plural, id, rules, session)
            try check(person)
            try RetentionCount.erased(id, on: session.connection)
            return try Eraser.end(person, tokens, since: start, reason, session)
        }
        report.add(done.report)
        report.token = done.report.token
        try await files.forget(hashes + done.hashes)
        report.lines += try await blankKeptFiles(done.texts)
        return report
    }

    /// A record of the person that is erased: itself, or one that was merged into it.
    struct Subject: Sendable {
        let (plural, id, main, token): (String, RecordID, RecordID, String)

        init(_ plural: String, _ id: RecordID, of main: RecordID, _ token: String) {
            (self.plural, self.id, self.main, self.token) = (plural, id, main, token)
        }

        func person(_ rules: PersonRules, _ session: ReadSession) throws -> Person {
            let person = try Person(plural, main, rules, session)
            if id == main { return person }
            return Person(merged: try session.completely().findAnywhere(person.object, id), person)
        }
    }

    /// What a step has come to.
    struct Step: Sendable {
        var report = ErasureReport()
        var hashes: [String] = []
        var texts: [String] = []
        /// Where the next step begins; nil when there is no more of this kind.
        var next: Int64?
        /// Whether steps were made, and all of them.
        var isEnd = false
    }

    /// Empties what belongs to a person, where there is much of it: each step is a transaction of its own. What is
    /// little is left to the last transaction, so that it is all or nothing.
    private func eraseNotes(_ subject: Subject, as actor: Actor) async throws -> Step {
        let rules = rules
        let (texts, count) = try await engine.read(as: actor) { session in
            let person = try subject.person(rules, session)
            var count: Int64 = 0
            for reference in person.references(session.schema) {
                let some: SQLFragment =
                    "(SELECT 1 FROM \(name: reference.object.key) WHERE \(reference.condition(person)) LIMIT 1000)"
                count += try session.connection.value("SELECT count(*) FROM " + some + " s").integer ?? 0
            }
            return (try person.identifiers(ever: session.connection, all: true), count)
        }
        var total = Step()
        total.texts = texts
        guard count > Privacy.step else { return total }
        var (place, last) = (0, Int64(0))
        while true {
            let (at, from) = (place, last)
            let step = try await engine.write(as: actor, patient: true) { session -> Step in
                let person = try subject.person(rules, session)
                let references = person.references(session.schema)
                guard at < references.count else { return Step(isEnd: true) }
                var eraser = try Eraser(person, token: subject.token, session)
                eraser.isStep = true
                let next = try eraser.blank(references[at], after: from, limit: Privacy.step)
                try eraser.sealStep()
                return Step(report: eraser.report, hashes: eraser.hashes, next: next)
            }
            total.isEnd = step.isEnd
            if step.isEnd { return total }
            total.report.add(step.report)
            total.hashes += step.hashes
            (place, last) = step.next.map { (place, $0) } ?? (place + 1, 0)
            // What was overwritten stands in the log of the database until that is emptied.
            if step.next == nil { engine.database.checkpoint() }
            await Task.yield()
        }
    }

    // MARK: Erasing again

    /// Ends erasures that a crash interrupted, and repeats those that a restored archive does not know of; the answer is
    /// how many. Called before a workspace is served.
    @discardableResult
    public func catchUp() async throws -> Int {
        var count = 0
        for entry in ledger?.entries ?? [] {
            let isDone = try await engine.database.read { connection in
                let last = try connection.value("SELECT max(at) FROM sys_erasure WHERE record = \(entry.record)")
                return (last.integer ?? 0) >= entry.at.milliseconds
            }
            if isDone { continue }
            do {
                let system = Actor.system("erasures")
                if entry.object == IdentityChange.Subject.user.rawValue {
                    try await eraseUser(entry.record, token: entry.token, reason: nil, as: system)
                } else if let object = engine.schema.object(entry.object) {
                    let tokens = [entry.record: entry.token]
                    _ = try await erase(object.plural, entry.record, reason: nil, as: system, tokens: tokens) { _ in }
                } else {
                    continue
                }
                count += 1
            } catch let problem as Problem where [.notFound, .invalid].contains(problem.kind) {
                // Deleted for ever, or not there yet when the archive was made.
                continue
            }
        }
        if count > 0 { engine.database.checkpoint() }
        return count
    }
}
