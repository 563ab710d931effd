import Database
import Foundation
public import Identity
import Records
import SQLText
public import Values

extension Imports {
    /// What is told after each batch. Throwing stops the run as a crash would: it can be resumed.
    public typealias Progress = @Sendable (ImportStatus) throws -> Void

    /// Runs an import to its end, from where it stands.
    ///
    /// Rows with errors do not stop it. What does (a full disk, a file that is gone) is in the status that is
    /// answered: `stopped`, with the reason; running it again continues behind the last finished batch.
    @discardableResult
    public func run(
        _ id: RecordID,
        as actor: Actor,
        progress: Progress? = nil
    ) async throws -> ImportStatus {
        var status = try await status(id, as: actor)
        if status.state == .done || status.state == .cancelled { return status }
        // A run that was stopped tidies up before it gives the import free; whoever goes on waits for that.
        var patience = status.state == .stopped ? 600 : 0
        while !claim(id) {
            guard patience > 0 else { throw ImportBatch.movedOn }
            patience -= 1
            try await Task.sleep(for: .milliseconds(50))
        }
        defer { release(id) }
        do {
            let end = try await work(&status, as: actor.acting(from: .importRun(id)), progress)
            // What was imported is found and compared like everything else, however the import ended.
            if end.state != .done { try? await engine.followTrail() }
            return end
        } catch {
            try? await engine.followTrail()
            throw error
        }
    }

    private func work(
        _ status: inout ImportStatus,
        as actor: Actor,
        _ progress: Progress?
    ) async throws -> ImportStatus {
        // While it runs, a message tells what was left out; after a crash that still holds. A reason to stop does not.
        let before = status.state == .running ? status.message : nil
        status.message = before
        do {
            if status.format.isConverted { status = try await converted(status) }
            let file = try ImportFile(table(status), status.format, offset: status.offset, rows: status.rows)
            let headers = file.headers
            let attached = try rowFiles(status, actor)
            var order = try await order(status, headers, actor)
            var made = TrialMemory()
            made.numbers = try await highestNumbers(status, headers, actor)
            var rows = WaitingRows()
            var left = 0
            while true {
                if let attached, rows.isEmpty {
                    let next = try file.batch(ArchiveFiles.rows)
                    for row in try await attached.take(next, fileColumns(status, headers, actor)) { rows.append(row) }
                    let texts = [before, attached.remark?.text(actor.language)].compactMap(\.self)
                    status.message = texts.isEmpty ? nil : texts.joined(separator: " ")
                } else if attached == nil {
                    let reach = engine.database.isQuiet ? order?.reach : nil
                    try fill(&rows, from: file, upTo: reach ?? batchSize)
                }
                if rows.isEmpty { break }
                let outcome = try await batch(rows, &order, status, headers, made, actor)
                status = outcome.status
                made.add(outcome.made)
                rows.removeFirst(outcome.taken)
                try progress?(status)
                // A server that stops leaves the rest for its next start.
                try Task.checkCancellation()
                left += outcome.taken
                if left >= Imports.trail {
                    left = 0
                    try await engine.followTrail()
                    Heap.giveBack()
                }
                await Task.yield()
            }
            try await engine.followTrail()
            Heap.giveBack()
            return try await finish(status, headers, as: actor)
        } catch let problem as Problem where problem.code != ImportBatch.movedOn.code {
            return try await stop(status, problem, actor)
        } catch let failure as StorageFailure {
            return try await stop(status, Problem(stopping: failure), actor)
        }
    }

    /// Reads rows until so many wait, or as many as memory is meant for.
    private func fill(_ rows: inout WaitingRows, from file: ImportFile, upTo count: Int) throws {
        while rows.count < count, rows.size < Imports.waitingBytes {
            let next = try file.batch(min(1000, count - rows.count))
            if next.isEmpty { return }
            for row in next { rows.append(row) }
        }
    }

    /// The files that come with an import; nil for what has none.
    private func rowFiles(_ status: ImportStatus, _ actor: Actor) throws -> (any RowFiles)? {
        let path = path(status.id, status.format)
        switch status.format {
        case .archive: return try files.map { try ArchiveFiles(path, $0, as: actor) }
        case .cards: return try CardPictures(path, files, of: status.object, as: actor)
        case .csv, .jsonLines, .workbook: return nil
        }
    }

    /// How rows are put in order; nil where they stay in that of the file.
    private func order(_ status: ImportStatus, _ headers: [String], _ actor: Actor) async throws -> RowOrder? {
        guard engine.database.dialect == .sqlite, !status.isDryRun, status.mapping.duplicates == nil else { return nil }
        return try await engine.read(as: actor) { [stretch] session in
            RowOrder(try ImportPlan(status, headers: headers, in: session), most: stretch)
        }
    }

    private func fileColumns(_ status: ImportStatus, _ headers: [String], _ actor: Actor) async throws -> FileColumns {
        try await engine.read(as: actor) { try ImportPlan(status, headers: headers, in: $0).files }
    }

    /// Makes the file into a table, once: a crash on the way leaves none, so that it is made anew.
    private func converted(_ status: ImportStatus) async throws -> ImportStatus {
        var status = status
        let (path, target, format) = (path(status.id, status.format), table(status), status.format)
        status.size = try await apart {
            if !FileManager.default.fileExists(atPath: target) {
                let half = target + ".part"
                _ = try format.convert(path, to: half)
                try FileManager.default.moveItem(atPath: half, toPath: target)
            }
            return try Imports.size(target)
        }
        let (id, size) = (status.id, status.size)
        try await engine.database.write { try ImportTables.resize(id, size, on: $0) }
        return status
    }

    private func batch(
        _ rows: WaitingRows,
        _ order: inout RowOrder?,
        _ status: ImportStatus,
        _ headers: [String],
        _ made: TrialMemory,
        _ actor: Actor
    ) async throws -> BatchOutcome {
        if engine.database.isQuiet, let places = order?.places(of: rows) {
            do {
                let outcome = try await write(rows, status, headers, made, actor, .ordered(places))
                order?.succeeded()
                return outcome
            } catch is OthersCame {
                // Now they are written as they stand in the file, in small portions.
                order?.gaveWay()
            } catch is MustBeUndone {
                // Rows of this file fail after they were written: all of it stays in its order.
                order = nil
            }
        }
        do {
            return try await write(rows, status, headers, made, actor, .quick)
        } catch is MustBeUndone {
            // A row failed after it had been written: now each has a savepoint of its own.
            return try await write(rows, status, headers, made, actor, .careful)
        } catch let end as DryRunEnd {
            let outcome = end.outcome
            let isMine = try await engine.database.write { connection in
                try LikelyRows.keep(outcome.likely, of: status.id, on: connection)
                return try ImportTables.checkpoint(outcome.status, from: status.rows, on: connection)
            }
            guard isMine else { throw ImportBatch.movedOn }
            return outcome
        }
    }

    private func write(
        _ rows: WaitingRows,
        _ status: ImportStatus,
        _ headers: [String],
        _ made: TrialMemory,
        _ actor: Actor,
        _ manner: ImportBatch.Manner
    ) async throws -> BatchOutcome {
        try await withMaps(of: status.id, as: actor) { maps in
            try await write(rows, status, headers, made, actor, manner, maps)
        }
    }

    private func write(
        _ rows: WaitingRows,
        _ status: ImportStatus,
        _ headers: [String],
        _ made: TrialMemory,
        _ actor: Actor,
        _ manner: ImportBatch.Manner,
        _ maps: MatchMaps
    ) async throws -> BatchOutcome {
        let errors = errors(status)
        return try await engine.write(as: actor, patient: true) { session in
            guard actor.rights.on(status.object).importing else {
                throw Problem.forbidden(Label("You may not import any more.", zh: "您已没有导入权限。"))
            }
            // The plan is made for each batch: fields and rights may have changed since the last one.
            let plan = try ImportPlan(status, headers: headers, in: session)
            let batch = ImportBatch(
                rows: rows,
                plan: plan,
                status: status,
                headers: headers,
                errors: errors,
                madeBefore: made,
                manner: manner,
                maps: maps
            )
            return try batch.run(session)
        }
    }

    private func finish(_ status: ImportStatus, _ headers: [String], as actor: Actor) async throws -> ImportStatus {
        var done = status
        done.state = .done
        done.finishedAt = engine.clock.now()
        let final = done
        let hasErased = try await engine.write(as: actor) { session in
            guard try ImportTables.checkpoint(final, from: final.rows, on: session.connection) else {
                throw ImportBatch.movedOn
            }
            // What worked is proposed for the next file with these headings.
            if final.counts.total > final.counts.failed {
                try SavedMappings.save(final, headers, on: session.connection)
            }
            let hasErased = try ErasedRows.forget(final.id, session.connection)
            if final.isDryRun { return hasErased }
            try Audit.add(
                AuditEntry("import", object: final.object, changes: final.auditText),
                by: actor,
                at: session.now,
                on: session.connection
            )
            return hasErased
        }
        if hasErased {
            // Somebody in the file was erased while it was read; nothing needs the file any more.
            for path in [path(status.id, status.format), table(status)] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        return final
    }

    private func stop(_ status: ImportStatus, _ problem: Problem, _ actor: Actor) async throws -> ImportStatus {
        var stopped = status
        stopped.state = .stopped
        stopped.finishedAt = engine.clock.now()
        stopped.message = problem.message.text(actor.language)
        if !problem.fields.isEmpty {
            let details = problem.fields.map { $0.field + ": " + $0.message.text(actor.language) }
            stopped.message = details.joined(separator: "; ")
        }
        let final = stopped
        // On a full disk even this fails; who asks learns the reason all the same, and the import stays resumable.
        do {
            _ = try await engine.database.write { try ImportTables.checkpoint(final, from: final.rows, on: $0) }
        } catch {
            remember(halted: final)
        }
        return final
    }

    /// Continues the imports that a crash interrupted. `actor` answers who a user is now, nil for one who may no
    /// longer log in; imports of the system go on as the system.
    ///
    /// Where other servers may import too, `pause` says how long an import must have stood still to count as left
    /// behind; and only those are continued whose file is here.
    @discardableResult
    public func resumeUnfinished(
        leftFor pause: Duration? = nil,
        actor: @Sendable (RecordID) async throws -> Actor?
    ) async throws -> [ImportStatus] {
        try await engine.followTrail()
        var unfinished = try await engine.database.read { try ImportTables.unfinished(on: $0) }
        if let pause, !unfinished.isEmpty {
            let before = Dictionary(uniqueKeysWithValues: unfinished.map { ($0.id, $0.rows) })
            try await Task.sleep(for: pause)
            unfinished = try await engine.database.read { try ImportTables.unfinished(on: $0) }.filter {
                before[$0.id] == $0.rows && FileManager.default.fileExists(atPath: path($0.id, $0.format))
            }
        }
        var results: [ImportStatus] = []
        for status in unfinished {
            guard let user = status.actorID else {
                results.append(try await run(status.id, as: .system(status.actorName)))
                continue
            }
            if let actor = try await actor(user) {
                results.append(try await run(status.id, as: actor))
            } else {
                let gone = Problem.forbidden(
                    Label("\(status.actorName) may no longer log in.", zh: "\(status.actorName) 的账号已停用。")
                )
                results.append(try await stop(status, gone, .system("import")))
            }
        }
        return results
    }
}

extension ImportStatus {
    /// What the audit log says about a finished import.
    var auditText: String {
        var json = JSONWriter()
        json.object { json in
            json.key("import")
            json.id(id)
            json.member("file", fileName)
            json.member("mode", mode.rawValue)
            json.member("created", counts.created)
            json.member("updated", counts.updated)
            json.member("skipped", counts.skipped)
            json.member("failed", counts.failed)
        }
        return json.text
    }
}

extension Problem {
    /// Why the storage stopped an import.
    init(stopping failure: StorageFailure) {
        self.init(
            .unavailable,
            "storage",
            failure.isFull
                ? Label("The disk is full. Free space and run the import again.", zh: "磁盘已满，请清理空间后重新运行导入。")
                : Label("The database refused this: \(failure.message).", zh: "数据库拒绝了该操作：\(failure.message)。")
        )
    }
}
