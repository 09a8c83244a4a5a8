/** The release of nats-server that a run takes where nothing else is said: the newest stable one when this was written. */
export const pinnedVersion = '2.15.2'
