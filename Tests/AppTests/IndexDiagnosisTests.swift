import Database
import Foundation
import Identity
import Records
import TestSupport
import Testing
import Values

@testable import App

/// What `kehu doctor` says of indexes that are missing.
@Suite struct IndexDiagnosisTests {
    private func place() async throws -> WorkspaceDirectory {
        let folder = TestFolder.path()
        guard let address = TestDatabase.freshAddress() else { return try WorkspaceDirectory(folder) }
        let settings = try Settings(flags: ["data": folder, "database": address], environment: [:])
        return try await WorkspaceDirectory.chosen(settings)
    }

    @Test func `a missing index is told before and after it was made, and not again`() async throws {
        let place = try await place()
        let workspace = try await OpenWorkspace("acme", in: place, passwords: .testing)
        let directory = try await place.current()
        #expect(await IndexDiagnosis("acme", in: directory).findings.isEmpty)
        try await workspace.engine.database.write { try $0.script("DROP INDEX ix_customer_owner") }
        workspace.close()

        let diagnosis = await IndexDiagnosis("acme", in: directory)
        let before = try #require(diagnosis.findings.first)
        #expect(before.grade == .bad && before.code == "missing_index")
        let again = try await OpenWorkspace("acme", in: directory, passwords: .testing)
        let told = await diagnosis.findings(in: again.engine.database)
        #expect(told.map(\.grade) == [.notice] && diagnosis.findings.count == 1)
        for finding in told + [before] {
            for text in [finding.text.en, finding.text.zh] {
                #expect(text.contains("ix_customer_owner") && text.contains("acme"))
            }
        }
        again.close()
        #expect(await IndexDiagnosis("acme", in: directory).findings.isEmpty)
    }

    @Test func `a workspace of another version lacks nothing before its upgrade`() async throws {
        let place = try await place()
        let workspace = try await OpenWorkspace("acme", in: place, passwords: .testing)
        try await workspace.engine.database.write { connection in
            try connection.script("DROP INDEX ix_customer_owner")
            try connection.script("UPDATE sys_setting SET value = '0.0.9' WHERE key = 'program'")
        }
        workspace.close()
        #expect(await IndexDiagnosis("acme", in: try await place.current()).findings.isEmpty)
    }
}
