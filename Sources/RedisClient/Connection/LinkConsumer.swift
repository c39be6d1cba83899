/// Who uses a ``RedisLink``; called on its event loop.
protocol LinkConsumer: AnyObject {
    func linkReceived(_ reply: RedisReply)
    /// The last call.
    func linkClosed(_ failure: RedisFailure)
    func linkBecameWritable()
}
