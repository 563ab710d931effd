import Foundation

/// The memory of the process that the C library keeps for what comes next.
public enum Heap {
    private typealias Trim = @convention(c) (Int) -> Int32

    /// Gives back to the system what has been freed: the C library does so only with what lies at the end of a heap.
    /// Takes some milliseconds. Where the C library has no such call, nothing happens.
    public static func giveBack() {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }
}
