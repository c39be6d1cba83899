/// Takes a result so that the work behind it is not optimised away: never inlined, and nothing is known about what it
/// does with its argument.
@inline(never)
@_optimize(none)
func blackHole<Value>(_ value: Value) {}
