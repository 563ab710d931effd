import Database
import Foundation
import Identity
import Jobs
import Records
import SQLText
import TestSupport
import Testing
import Values

@testable import App

/// When a workspace that nobody uses is opened again.
@Suite struct RestingWorkspaceTests {
    @Test func `what is cleared away each hour waits for the night where nobody has changed anything`() async throws {
        let folder = TestFolder.path()
        let directory = try WorkspaceDirectory(folder)
        let workspace = try await OpenWorkspace("acme", in: directory, passwords: .testing)
        let worker = JobWorker(workspace.jobs)
        _ = try await workspace.addPerson(email: "a@example.com", role: "administrator")
        while try await worker.step() {}
        _ = try await workspace.engine.database.write { connection in
            for name in ["maintenance.sweep", "maintenance.bin", "files.clear", "duplicates.keys"] {
                _ = try workspace.jobs.runNow(name, on: connection)
            }
        }
        while try await worker.step() {}
        let now = workspace.engine.clock.now().milliseconds
        // All daily jobs far ahead, so that those that come each hour decide.
        _ = try await workspace.engine.database.write { connection in
            for kind in workspace.jobs.recurring {
                if case .every? = kind.schedule { continue }
                try connection.run(
                    "UPDATE sys_job_plan SET next_at = \(now + 172_800_000) WHERE name = \(kind.name)"
                )
            }
        }
        let hour: Duration = .seconds(3600)
        #expect(await BackgroundWork.nextDue(workspace) > hour * 20, "nothing has happened since they were done")
        _ = try await workspace.engine.database.write { connection in
            try connection.run("UPDATE sys_audit SET at = \(now + 60_000) WHERE seq = (SELECT max(seq) FROM sys_audit)")
        }
        #expect(await BackgroundWork.nextDue(workspace) <= hour, "somebody has changed something")
        // A job that somebody has asked for waits for nothing.
        _ = try await workspace.engine.database.write { try workspace.jobs.enqueue("maintenance.bin", on: $0) }
        #expect(await BackgroundWork.nextDue(workspace) == .zero)
        workspace.close()
    }

    @Test func `a closed file that somebody has written to meanwhile is opened soon`() async throws {
        let folder = TestFolder.path()
        let directory = try WorkspaceDirectory(folder)
        let closed = ClosedWorkspaces(directory)
        func open() async throws -> OpenWorkspace {
            try await OpenWorkspace("acme", in: directory, passwords: .testing)
        }
        let first = try await open()
        first.engine.database.checkpoint()
        var files = closed.files("acme")
        first.close()
        #expect(!closed.rests("acme", since: files), "closing alone is no reason")
        #expect(await closed.woken(among: ["acme"], of: directory).isEmpty)
        #expect(closed.names(of: directory) == ["acme"])

        let second = try await open()
        second.engine.database.checkpoint()
        files = closed.files("acme")
        // Another process writes before the file is closed here.
        _ = try await second.engine.database.write { try second.jobs.enqueue("maintenance.bin", on: $0) }
        second.close()
        #expect(closed.rests("acme", since: files))

        #expect(await closed.woken(among: ["acme"], of: directory).isEmpty)
        let third = try await open()
        _ = try await third.engine.database.write { try third.jobs.enqueue("files.clear", on: $0) }
        #expect(await closed.woken(among: ["acme"], of: directory) == ["acme"], "somebody has opened and changed it")
        third.close()
        try FileManager.default.copyItem(atPath: directory.file("acme"), toPath: directory.file("globex"))
        #expect(closed.names(of: directory) == ["acme", "globex"])
    }
}
