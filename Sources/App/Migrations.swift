public import Operations

/// The changes of stored data that came with versions of the program, in order. Once released, none is edited.
///
/// Tables and columns that are only added need no entry: opening a workspace makes them, after a copy like here.
public enum Migrations {
    /// All of them; the first form of stored data is 1.
    public static let all: [Migration] = []
}
