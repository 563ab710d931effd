import Foundation

/// Where tests write what they need on disk: one folder for all of them, which goes when their process ends.
public enum TestFolder {
    private static let root: String = {
        let folder = FileManager.default.temporaryDirectory.path + "/kehu-tests-" + UUID().uuidString
        // Whoever is given a path finds out by writing to it where this has failed.
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestFolder.root) }
        return folder
    }()

    /// A path at which there is nothing yet, for a file with the ending that is named or for a folder.
    public static func path(_ ending: String = "") -> String { root + "/" + UUID().uuidString + ending }
}
