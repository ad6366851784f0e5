// The gestures that the server knows, their fields, and the keys of words: `make scripts` writes them.

export type Kind = 'product' | 'objective' | 'change' | 'source' | 'problem' | 'audience' | 'goal' | 'expectation' | 'contract' | 'question' | 'answer' | 'testimony' | 'recommendation' | 'hypothesis' | 'metric' | 'reading' | 'forecast' | 'feature' | 'verdict' | 'ending' | 'learning' | 'promise' | 'action' | 'experience' | 'contact';
export type Role = 'facilitator' | 'client' | 'consultant' | 'observer';
export type Flag = boolean | 'true' | 'false';
export type Point = 1 | 2 | 3 | 4 | 5;

export type Asked =
  | { do: 'join'; name: string }
  | { do: 'come_back'; browser: string }
  | { do: 'rename'; name: string }
  | { do: 'correct'; person: string; name: string; role?: Role }
  | { do: 'show_out'; person: string; words?: Flag }
  | { do: 'let_in'; person: string; words?: Flag }
  | { do: 'forget'; person: string }
  | { do: 'erase_on'; on: string }
  | { do: 'set_apart'; person: string; browser: string }
  | { do: 'offer_lead' }
  | { do: 'agree_lead'; person: string }
  | { do: 'start'; step: string; was?: string }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'more' }
  | { do: 'keep_end'; kept: Flag }
  | { do: 'schedule'; starts: string; zone?: string }
  | { do: 'end' }
  | { do: 'focus'; note: string }
  | { do: 'minutes'; step: string; minutes: string }
  | { do: 'hide'; step: string; hidden: Flag }
  | { do: 'move'; note: string; before: string }
  | { do: 'second'; note: string; on: Flag }
  | { do: 'attach'; note: string; about: string }
  | { do: 'split'; note: string; was: string; first: string; second: string }
  | { do: 'merge'; note: string; was: string; other: string; other_was: string; merged: string }
  | { do: 'write'; kind: Kind; text: string; about?: string; behalf?: string; file?: string; administration?: string; reach?: string; proxy?: string; where?: string; owner?: string; every?: string; quality?: string; personal?: string; access?: string; concept?: string; objective?: string; stands_for?: string; indicator?: string; unit?: string; numerator?: string; denominator?: string; population?: string; period?: string; direction?: string; source?: string; collection?: string; baseline?: string; baseline_date?: string; target?: string; target_date?: string; limits?: string; brings?: string; key_step?: string; potential?: string; milestones?: string; threshold?: string; decide_on?: string; decider?: string; if_missed?: string; logged?: string; scale?: string; sample?: string; tool?: string; measurer?: string; first_on?: string; figure?: string; as_of?: string; over?: string; expected?: string; delivered_on?: string; look_on?: string; meanwhile?: string; course?: string; evidence?: string; why?: string; advice?: string; due?: string; state?: string; word?: string; measured_now?: string; next_team?: string; theme?: string; had_problem?: string; in_library?: string }
  | { do: 'edit'; note: string; text: string; was: number | string }
  | { do: 'withdraw'; note: string }
  | { do: 'restore'; note: string }
  | { do: 'detail'; note: string; detail: string; value: string; was?: string }
  | { do: 'draft'; about?: string; statement?: string; metric?: string; file?: string; concept?: string; kind?: string; objective?: string; stands_for?: string; indicator?: string; unit?: string; numerator?: string; denominator?: string; population?: string; period?: string; direction?: string; source?: string; collection?: string; owner?: string; quality?: string; baseline?: string; baseline_date?: string; target?: string; target_date?: string; limits?: string }
  | { do: 'update'; note: string; file?: string; blank?: string; statement?: string; metric?: string; remark?: string; figure?: string; where?: string; every?: string; personal?: string; access?: string; concept?: string; kind?: string; objective?: string; stands_for?: string; indicator?: string; unit?: string; numerator?: string; denominator?: string; population?: string; period?: string; direction?: string; source?: string; collection?: string; owner?: string; quality?: string; baseline?: string; baseline_date?: string; target?: string; target_date?: string; limits?: string }
  | { do: 'settle'; note: string; detail: string; value: string; was?: string; kept: Flag }
  | { do: 'tie'; metric: string; source: string; tied: Flag }
  | { do: 'cost'; metric: string; budget: string; budget_period: string; users: string; users_period: string; across?: string; baseline_date?: string }
  | { do: 'open_round'; metrics: string }
  | { do: 'show_round'; round: string }
  | { do: 'open_choice'; round: string }
  | { do: 'score'; metric: string; round?: string; value?: Point; ease?: Point }
  | { do: 'abstain'; metric: string; round?: string }
  | { do: 'keep'; metric: string; kept: Flag }
  | { do: 'listen'; on: Flag }
  ;

export type Gesture = Asked & { id: string };
export type FieldName = 'about' | 'access' | 'across' | 'administration' | 'advice' | 'as_of' | 'baseline' | 'baseline_date' | 'before' | 'behalf' | 'blank' | 'brings' | 'browser' | 'budget' | 'budget_period' | 'collection' | 'concept' | 'course' | 'decide_on' | 'decider' | 'delivered_on' | 'denominator' | 'detail' | 'direction' | 'due' | 'ease' | 'every' | 'evidence' | 'expected' | 'figure' | 'file' | 'first' | 'first_on' | 'had_problem' | 'hidden' | 'if_missed' | 'in_library' | 'indicator' | 'kept' | 'key_step' | 'kind' | 'limits' | 'logged' | 'look_on' | 'meanwhile' | 'measured_now' | 'measurer' | 'merged' | 'metric' | 'metrics' | 'milestones' | 'minutes' | 'name' | 'next_team' | 'note' | 'numerator' | 'objective' | 'on' | 'other' | 'other_was' | 'over' | 'owner' | 'period' | 'person' | 'personal' | 'population' | 'potential' | 'proxy' | 'quality' | 'reach' | 'remark' | 'role' | 'round' | 'sample' | 'scale' | 'second' | 'source' | 'stands_for' | 'starts' | 'state' | 'statement' | 'step' | 'target' | 'target_date' | 'text' | 'theme' | 'threshold' | 'tied' | 'tool' | 'unit' | 'users' | 'users_period' | 'value' | 'was' | 'where' | 'why' | 'word' | 'words' | 'zone';

/** What scripts say, by its key in views/catalogue.py. */
export type Word = 'ballot.again' | 'ballot.all' | 'ballot.before' | 'ballot.fewer' | 'ballot.half' | 'ballot.mine' | 'ballot.minutes' | 'ballot.of' | 'ballot.opened' | 'ballot.placed' | 'ballot.shown' | 'ballot.undo' | 'chart.abstained' | 'chart.apart' | 'chart.consultants' | 'chart.ease' | 'chart.easy' | 'chart.first' | 'chart.label' | 'chart.later' | 'chart.median' | 'chart.mine' | 'chart.prepare' | 'chart.team' | 'chart.sure' | 'chart.tray' | 'chart.unplaced' | 'chart.value' | 'compose.unkept' | 'clock.at' | 'clock.before' | 'clock.calm' | 'clock.day' | 'clock.days' | 'clock.due' | 'clock.ended' | 'clock.free' | 'clock.hour' | 'clock.hours' | 'clock.in' | 'clock.label' | 'clock.last' | 'clock.late' | 'clock.minutes' | 'clock.missing' | 'clock.now' | 'clock.over' | 'clock.past' | 'clock.paused' | 'clock.soon' | 'clock.starts' | 'clock.step' | 'clock.tomorrow' | 'clock.until' | 'copied.failed' | 'copied.no_picture' | 'copied.picture' | 'copied.results' | 'figures.kept' | 'figures.none' | 'file.large' | 'file.none' | 'file.wait' | 'http.failed' | 'http.retry' | 'join.anyway' | 'join.retry' | 'learn.nothing' | 'learn.question' | 'learn.recommendation' | 'learn.room' | 'learn.yours' | 'links.none' | 'links.some' | 'links.two' | 'mirror.at' | 'mirror.begun' | 'mirror.cell' | 'mirror.erase' | 'mirror.here' | 'mirror.kept' | 'mirror.links' | 'mirror.none' | 'mirror.of' | 'mirror.refused' | 'mirror.restore' | 'mirror.save' | 'page.advise_hypothesis' | 'page.advise_metric' | 'page.answered' | 'page.folded' | 'page.gather' | 'page.picks' | 'page.tie' | 'replay.before' | 'replay.pause' | 'replay.play' | 'replay.retry' | 'room.changed' | 'room.closed' | 'room.gone' | 'room.gone_here' | 'room.late' | 'room.offline' | 'room.pending' | 'room.quoted' | 'room.unkept' | 'saved.back' | 'saved.draft' | 'saved.heard' | 'saved.kept' | 'saved.saved' | 'saved.unkept' | 'saved.sending' | 'screen.before' | 'screen.calm' | 'screen.closed' | 'screen.end' | 'screen.erased' | 'screen.gone' | 'screen.last' | 'screen.lost' | 'screen.others' | 'screen.over' | 'screen.paused' | 'screen.soon' | 'screen.start' | 'understand.done' | 'unsent.empty' | 'share.looking' | 'share.making' | 'unsent.long' | 'unsent.once' | 'workshops.none';
