import Foundation

/// How the C library keeps the memory of the process.
enum Memory {
    private typealias Option = @convention(c) (Int32, Int32) -> Int32
    /// `M_ARENA_MAX`.
    private static let arenas: Int32 = -8

    /// Lets threads share two heaps. By default every thread that asks at the same time gets a heap of its own, up to
    /// eight per core, and keeps what was freed in it: an import grew by a third. Where the C library has no such option,
    /// nothing happens.
    static func useFewArenas() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        _ = unsafeBitCast(symbol, to: Option.self)(arenas, 2)
    }
}
