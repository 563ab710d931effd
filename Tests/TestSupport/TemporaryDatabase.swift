public import Database
import Foundation
public import SQLText

/// Empty databases for tests.
public enum TestDatabase {
    /// An empty database of its own, in the temporary folder.
    public static func make(_ dialect: Dialect = .sqlite) async throws -> Database {
        switch dialect {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "kehu-tests-" + UUID().uuidString
            )
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try Database(sqlite: folder.appendingPathComponent("test.db").path, readers: 4)
        }
    }
}
